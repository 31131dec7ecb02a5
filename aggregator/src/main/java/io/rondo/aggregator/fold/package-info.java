/**
 * Folding: aggregates one partition of a round's updates into its part of the global adapter. Depends only on logged
 * decisions, so that the live topology, recovery and replay run the same code. A fold belongs to one thread.
 */
package io.rondo.aggregator.fold;
