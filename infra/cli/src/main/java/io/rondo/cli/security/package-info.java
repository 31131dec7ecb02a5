/**
 * Credentials and rights of a federation: a certificate authority, keys, passwords, ACLs and quotas, in a private directory
 * and on a cluster. Used by one thread, except the gate in front of the registry.
 */
package io.rondo.cli.security;
