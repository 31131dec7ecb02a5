/**
 * The main classes of the child processes. They run with the classpath of the broker or the registry, not with Rondo's, and
 * depend only on the JDK and the program that they start.
 */
package io.rondo.embedded.child;
