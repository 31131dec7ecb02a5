/**
 * What a scenario plays on: a cluster, a job whose aggregator is the kit itself, and what the trainer under test has put into the log.
 * One thread for each scenario; the cluster is shared.
 */
package io.rondo.conformance.stage;
