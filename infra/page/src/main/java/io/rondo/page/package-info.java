/**
 * The web page: jobs, rounds, trainers and decisions in a browser, read from the log. {@code log} says which logs there are, {@code index} holds
 * what is known of one, {@code work} verifies and measures rounds when asked, {@code http} answers. Nothing of it writes to a log.
 */
package io.rondo.page;
