/**
 * Folding: one partition's share of a round's updates becomes its share of the global adapter. Acts on logged decisions
 * alone, so that the live topology, a restarted one and a replay run the same code. A fold belongs to one thread.
 */
package io.rondo.aggregator.fold;
