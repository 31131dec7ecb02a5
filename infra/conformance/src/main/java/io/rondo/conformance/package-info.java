/**
 * The conformance kit: plays the aggregator of small jobs from scripts, runs a trainer against each, and judges it from the log and its exit
 * codes alone. It shares no code with the aggregator, and none with a trainer.
 */
package io.rondo.conformance;
