/**
 * What became of a job's rounds, read from its decisions alone. {@link io.rondo.inspect.rounds.RoundHistory} is pure; one
 * thread uses it.
 */
package io.rondo.inspect.rounds;
