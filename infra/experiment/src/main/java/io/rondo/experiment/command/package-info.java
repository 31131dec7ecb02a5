/** The commands of {@code rondo experiment}. */
package io.rondo.experiment.command;
