/** The commands: each reads its options, hands them to the part that does the work, and prints the result. */
package io.rondo.cli.command;
