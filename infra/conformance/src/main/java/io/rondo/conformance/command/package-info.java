/** The command {@code rondo conformance}. */
package io.rondo.conformance.command;
