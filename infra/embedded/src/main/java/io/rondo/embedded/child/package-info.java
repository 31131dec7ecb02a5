/**
 * The main classes of the child processes. They run with the broker's or the registry's classpath, not with Rondo's, and
 * so use the JDK, what they start, and nothing else of Rondo.
 */
package io.rondo.embedded.child;
