/**
 * The history of a job's rounds, derived only from its decisions. {@link io.rondo.inspect.rounds.RoundHistory} is pure; one
 * thread uses it.
 */
package io.rondo.inspect.rounds;
