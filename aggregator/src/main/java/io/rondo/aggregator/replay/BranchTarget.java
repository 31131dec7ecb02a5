package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;

/** Where rounds that are run again go. Belongs to one thread. */
public interface BranchTarget extends BranchLog, AutoCloseable {

    /** The topics of the branch. */
    JobTopics topics();

    /**
     * Takes the updates of a round, before the first of them is answered.
     *
     * @param chunks for each partition a reader of the round's chunks
     * @return the manifests, with the ranges that the chunks have here
     */
    List<UpdateManifest> take(int round, List<UpdateManifest> updates, List<ChunkSource> chunks);

    /** Everything is written that belongs to the rounds. */
    void complete();

    /** Ends; what was not completed is removed again. */
    @Override
    void close();
}
