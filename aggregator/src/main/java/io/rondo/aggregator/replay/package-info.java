/**
 * Replay: runs the rounds of a job again under other rules, by the coordinator and the folds of a live aggregator, into
 * a branch of its own. History is only read; a branch is written by one thread.
 */
package io.rondo.aggregator.replay;
