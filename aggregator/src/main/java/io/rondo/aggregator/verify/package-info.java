/**
 * Verification: recomputes every derived record of a job's log with the coordinator and the folds of a live aggregator,
 * and compares the bytes. Reads only; each partition is checked on its own thread.
 */
package io.rondo.aggregator.verify;
