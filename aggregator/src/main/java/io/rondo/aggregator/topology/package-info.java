/**
 * The Kafka Streams topology: {@code commands}, {@code manifests} and {@code parts} feed the coordinator, which writes
 * decisions; {@code decisions} feed one fold for each partition, which writes adapter chunks and parts. Processors
 * translate between records and the rules of {@link io.rondo.aggregator.round} and {@link io.rondo.aggregator.fold}; they
 * run on Streams threads, and calls that wait for a broker run on separate threads.
 */
package io.rondo.aggregator.topology;
