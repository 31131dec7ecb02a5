/**
 * Reads and sums a log's chunks with plain consumers, without verification: the independent upper bound for {@code rondo
 * verify --measure} and the benchmarks. One thread reads each partition.
 */
package io.rondo.inspect.scan;
