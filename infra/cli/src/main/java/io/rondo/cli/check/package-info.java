/** Whether a cluster and a registry let a role do its work, asked without changing anything. Used by one thread. */
package io.rondo.cli.check;
