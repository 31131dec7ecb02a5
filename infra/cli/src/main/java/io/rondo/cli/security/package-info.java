/**
 * Credentials and rights of a federation: a certificate authority, keys, passwords, ACLs and quotas, in a directory that
 * only its owner can read and on a cluster. Used by one thread, but for the gate before the registry.
 */
package io.rondo.cli.security;
