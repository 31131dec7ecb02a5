package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.topology.History;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;

/**
 * The records of one job, wherever they are kept: on a cluster, in files, in memory. All that verification and replay
 * read comes through here. Safe for any thread; what {@link #chunks} gives belongs to one.
 */
public interface JobLog extends AutoCloseable {

    /** The job's topics, by which its records are asked for. */
    JobTopics topics();

    /** Reads the values of the records. Belongs to the log. */
    RecordCodec codec();

    /** All records of the topics that are not round topics. */
    History history();

    /** Whether the chunks of this round are there: old rounds may have been archived and deleted. */
    boolean holds(int round);

    /** A reader of round topics for one thread, which closes it. */
    ChunkSource chunks();

    @Override
    void close();
}
