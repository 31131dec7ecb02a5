/**
 * Benchmarks of the log, the fold and whole rounds, with a federation on this machine and generated updates. A benchmark
 * belongs to one thread, which starts others for uploads and for the partitions that are read.
 */
package io.rondo.bench;
