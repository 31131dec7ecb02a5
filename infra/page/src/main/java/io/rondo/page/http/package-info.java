/** The HTTP server: access control, requests and event streams. A few threads serve requests; each stream has its own thread. */
package io.rondo.page.http;
