/** The command {@code rondo web}, and the page of an aggregator. */
package io.rondo.page.command;
