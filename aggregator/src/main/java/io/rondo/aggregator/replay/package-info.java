/**
 * History, run again: the verifier feeds the logged decisions to the fold that made the adapters and holds every byte
 * against what was published. Reads only; one thread.
 */
package io.rondo.aggregator.replay;
