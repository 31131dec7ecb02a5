/** The server: who may ask, what is answered, and streams of events. A few threads answer requests; each stream has one of its own. */
package io.rondo.page.http;
