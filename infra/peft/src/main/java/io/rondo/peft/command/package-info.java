/** The commands that write and read PEFT directories. */
package io.rondo.peft.command;
