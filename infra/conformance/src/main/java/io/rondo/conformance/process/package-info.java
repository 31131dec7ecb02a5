/** The trainer under test as a process: it is started with an environment, killed and stopped. Used by a scenario's thread. */
package io.rondo.conformance.process;
