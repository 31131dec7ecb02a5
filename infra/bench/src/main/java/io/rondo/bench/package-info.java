/**
 * Benchmarks: a federation on this machine with made updates, and how fast the log, the fold and whole rounds are. A benchmark
 * belongs to one thread, which starts others for uploads and for the partitions that are read.
 */
package io.rondo.bench;
