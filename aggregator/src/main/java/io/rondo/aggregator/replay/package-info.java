/**
 * Replay: reruns the rounds of a job under other rules, with the coordinator and the folds of a live aggregator, into a
 * separate branch. History is only read; one thread writes a branch.
 */
package io.rondo.aggregator.replay;
