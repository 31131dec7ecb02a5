package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;

/** Receives the rounds of a replay. Belongs to one thread. */
public interface BranchTarget extends BranchLog, AutoCloseable {

    /** The topics of the branch. */
    JobTopics topics();

    /**
     * Takes the updates of a round before the first of them is answered.
     *
     * @param chunks a reader of the round's chunks for each partition
     * @return the manifests with the chunks' offset ranges in the branch
     */
    List<UpdateManifest> take(int round, List<UpdateManifest> updates, List<ChunkSource> chunks);

    /** Marks the branch as completed: all records of its rounds are written. */
    void complete();

    /** Closes the target and removes a branch that was not completed. */
    @Override
    void close();
}
