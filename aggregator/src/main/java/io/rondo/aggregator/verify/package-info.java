/**
 * Verification: recomputes every derived record of a job's log, by the coordinator and the folds of a live aggregator, and
 * compares the bytes. Reads only; each partition is checked on a thread of its own.
 */
package io.rondo.aggregator.verify;
