package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps no branch: callers only observe the rounds. Updates are not copied. */
public final class PassingTarget implements BranchTarget {
    private final JobTopics topics;
    private final Map<String, Long> ends = new HashMap<>();
    private List<ChunkSource> current = List.of();

    public PassingTarget(JobTopics topics) {
        this.topics = topics;
    }

    @Override
    public JobTopics topics() {
        return topics;
    }

    @Override
    public long append(Topic topic, int partition, byte[] key, byte[] value, long timestamp) {
        return ends.merge(topic.name() + '-' + partition, 1L, Long::sum) - 1;
    }

    @Override
    public List<UpdateManifest> take(int round, List<UpdateManifest> updates, List<ChunkSource> chunks) {
        current = List.copyOf(chunks);
        return updates;
    }

    @Override
    public ChunkSource chunks(int partition) {
        return (round, number, first, last, sink) -> current.get(number).read(round, number, first, last, sink);
    }

    @Override
    public void complete() {}

    @Override
    public void close() {}
}
