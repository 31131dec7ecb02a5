/** Checks whether a role can work with a cluster and a registry, without changing anything. Used by one thread. */
package io.rondo.cli.check;
