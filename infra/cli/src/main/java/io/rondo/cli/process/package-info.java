/** Processes: services that run until they are stopped, and children that end with their parent. */
package io.rondo.cli.process;
