/**
 * The environment of a scenario: a cluster, a job whose aggregator is the kit, and the records of the trainer under test.
 * One thread for each scenario; the cluster is shared.
 */
package io.rondo.conformance.stage;
