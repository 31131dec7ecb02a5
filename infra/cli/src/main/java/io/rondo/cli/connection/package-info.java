/** Opens what a command reads: a cluster, an embedded one for as long as the command runs, or an archive. Used by one thread. */
package io.rondo.cli.connection;
