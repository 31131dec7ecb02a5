/**
 * Reads and sums a log's chunks by plain consumers, without verification: the independent ceiling that {@code rondo verify
 * --measure} and the benchmarks compare with. One thread reads each partition.
 */
package io.rondo.inspect.scan;
