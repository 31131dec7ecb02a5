/**
 * Completion scripts for shells, made from the commands of this installation. Pure functions of the command line, for any
 * thread.
 */
package io.rondo.cli.completion;
