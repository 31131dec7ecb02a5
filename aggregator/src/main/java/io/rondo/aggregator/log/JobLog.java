package io.rondo.aggregator.log;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.List;
import java.util.Set;

/**
 * The records of one job, wherever they are kept: on a cluster, in files, in memory. Verification and replay read only
 * through this interface. Safe for any thread; a source from {@link #chunks} belongs to one.
 */
public interface JobLog extends AutoCloseable {

    /** The job's topics, which name the records to read. */
    JobTopics topics();

    /** Decodes the values of the records. The log closes it. */
    RecordCodec codec();

    /** All records of the topics other than round topics. */
    History history();

    /** The rounds whose chunks still exist: old ones may have been archived and deleted. */
    Set<Integer> rounds();

    /**
     * From now on, reads only up to one consistent moment, at which nothing was being written. Topics are read one after
     * another, and a running job writes in between.
     *
     * @return whether there was such a moment; otherwise each topic is still read to its end
     */
    default boolean settle() {
        return true;
    }

    /** Whether the chunks of this round exist. */
    default boolean holds(int round) {
        return rounds().contains(round);
    }

    /**
     * A reader of one partition of the round topics, for one thread, which closes it.
     *
     * @param rounds the rounds that will be read, in ascending order: a source may read ahead
     */
    ChunkSource chunks(int partition, List<Integer> rounds);

    /** A reader of one partition of any topic from an offset on, for one thread, which closes it. */
    LogCursor cursor(Topic topic, int partition, long from);

    @Override
    void close();
}
