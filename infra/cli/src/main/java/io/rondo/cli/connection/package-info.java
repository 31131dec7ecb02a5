/** Opens the source of a command: a cluster, an embedded cluster that stops with the command, or an archive. Used by one thread. */
package io.rondo.cli.connection;
