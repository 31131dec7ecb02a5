/**
 * A seeded simulation of the round logic and the fold, without Kafka: trainers, an operator, the coordinator and the folds
 * of all partitions take turns on logs in memory, a step at a time, in an order that a seed decides. Steps are lost, doubled
 * and delayed, tasks and whole processes crash before and after their transactions commit. Then the faults stop, the job
 * has to reach its end, and {@link io.rondo.aggregator.simulation.Invariants} holds the logs against what the trainers
 * know they sent. A simulation runs on one thread and reads no clock, so that a seed replays to the same bytes.
 */
package io.rondo.aggregator.simulation;
