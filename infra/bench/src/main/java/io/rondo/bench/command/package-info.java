/** The commands of {@code rondo bench}. */
package io.rondo.bench.command;
