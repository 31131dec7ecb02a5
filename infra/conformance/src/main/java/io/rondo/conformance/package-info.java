/**
 * The conformance kit: acts as the aggregator of small scripted jobs, runs a trainer against each, and judges it only by the log and its
 * exit codes. It shares no code with the aggregator or a trainer.
 */
package io.rondo.conformance;
