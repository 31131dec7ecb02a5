/**
 * The aggregator of one job, as a service: {@link io.rondo.aggregator.AggregatorService}. Everything it knows stands in
 * the log; its state directory holds an identity and nothing that could not be deleted.
 */
package io.rondo.aggregator;
