package io.rondo.aggregator.log;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.List;
import java.util.Set;

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

    /** The rounds whose chunks are there: old ones may have been archived and deleted. */
    Set<Integer> rounds();

    /**
     * From now on reads no further than to a moment at which the job's log stood still: topics are read one after another,
     * and a job that runs writes in between.
     *
     * @return whether there was such a moment; without one, reading goes to the end of each topic as before
     */
    default boolean settle() {
        return true;
    }

    /** Whether the chunks of this round are there. */
    default boolean holds(int round) {
        return rounds().contains(round);
    }

    /**
     * A reader of one partition of the round topics, for one thread, which closes it.
     *
     * @param rounds those that will be read, in ascending order: a source may read ahead
     */
    ChunkSource chunks(int partition, List<Integer> rounds);

    /** A reader of one partition of any topic from an offset on, for one thread, which closes it. */
    LogCursor cursor(Topic topic, int partition, long from);

    @Override
    void close();
}
