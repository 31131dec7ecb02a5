/**
 * Results of the commands that read a log: verification, replayed rounds, comparisons. Used by a command's thread.
 */
package io.rondo.inspect.view;
