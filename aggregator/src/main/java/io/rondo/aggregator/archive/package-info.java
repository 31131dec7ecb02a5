/**
 * A job's log in files: Avro object container files, one for each partition, that any Avro tool reads and from which every
 * record comes back bit by bit. Writing, reading as a {@code JobLog}, and putting back into a cluster. A command's thread
 * uses it; what reads an archive may be used by several, as {@code JobLog} says.
 */
package io.rondo.aggregator.archive;
