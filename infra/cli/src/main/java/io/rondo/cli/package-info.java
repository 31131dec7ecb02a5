/** The command {@code rondo}: {@link io.rondo.cli.Main} is the table of contents. */
package io.rondo.cli;
