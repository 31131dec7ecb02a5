/**
 * The rules of rounds, without Kafka: an input and a time go in, decisions come out, and the state is what results from
 * applying the decisions in order. {@link io.rondo.aggregator.round.Coordinator} decides while live and applies the same
 * records when it recovers. Not thread-safe: one task owns a coordinator.
 */
package io.rondo.aggregator.round;
