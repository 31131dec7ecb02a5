/**
 * The arithmetic of folding: aggregation strategies, without Kafka and without a native library, so that the bytes are the
 * same on any machine. A strategy is stateless; an accumulator belongs to one thread.
 */
package io.rondo.aggregator.strategy;
