/** What is kept of a job in memory, made from its decisions. Safe for any thread. */
package io.rondo.page.index;
