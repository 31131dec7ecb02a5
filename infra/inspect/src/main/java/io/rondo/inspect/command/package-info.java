/** The commands that read a log: rounds, trainers, differences, verification, replay, forks. */
package io.rondo.inspect.command;
