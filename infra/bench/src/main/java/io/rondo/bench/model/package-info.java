/**
 * A model of jobs that are larger than any machine at hand. The coordinator and the folds of an aggregator are driven in memory,
 * without Kafka, to learn what a round costs and how large its records are; arithmetic does the rest. One thread runs it.
 */
package io.rondo.bench.model;
