/** The command {@code rondo demo}. */
package io.rondo.demo.command;
