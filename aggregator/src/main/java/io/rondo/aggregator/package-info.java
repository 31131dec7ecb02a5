/**
 * The aggregator of one job, as a service: {@link io.rondo.aggregator.AggregatorService}. All its knowledge is in
 * the log; its state directory can be deleted and only holds an identity.
 */
package io.rondo.aggregator;
