/**
 * Reading and writing a job's log: entries, cursors, and {@link io.rondo.aggregator.log.JobLog}, which verification, replay,
 * archives and views read through, wherever the records are kept. A log is safe for any thread; a cursor or a chunk
 * source belongs to one.
 */
package io.rondo.aggregator.log;
