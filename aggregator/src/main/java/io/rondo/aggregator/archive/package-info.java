/**
 * Archives of a job's log: Avro object container files, one per partition, which any Avro tool reads and from which every
 * record is restored bit by bit. Writes archives, reads them as a {@code JobLog}, and restores them into a cluster. Used
 * by a command's thread; several threads may read an archive, as {@code JobLog} says.
 */
package io.rondo.aggregator.archive;
