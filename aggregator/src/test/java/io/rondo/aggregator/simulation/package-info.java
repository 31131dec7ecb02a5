/**
 * A seeded simulation of the round logic and the fold, without Kafka: trainers, an operator, the coordinator and the folds
 * of all partitions take turns on logs in memory, one step at a time, in an order that a seed determines. Steps are lost,
 * duplicated and delayed; tasks and whole processes crash before and after their transactions commit. Then the faults
 * stop, the job must reach its end, and {@link io.rondo.aggregator.simulation.Invariants} compares the logs with the
 * uploads of the trainers. A simulation runs on one thread and reads no clock, so that a seed replays to the same bytes.
 */
package io.rondo.aggregator.simulation;
