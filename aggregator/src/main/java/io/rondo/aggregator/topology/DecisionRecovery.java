package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.History;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/** Rebuilds a coordinator from the decisions in the log, the only source of the job's state. */
final class DecisionRecovery {
    private final JobTopics topics;
    private final RecordCodec codec;
    private final History history;

    DecisionRecovery(JobTopics topics, RecordCodec codec, History history) {
        this.topics = topics;
        this.codec = codec;
        this.history = history;
    }

    /** @param started receives the settings of a job that has started, before they are applied to further decisions */
    Coordinator recover(Consumer<JobSpec> started) {
        Coordinator recovered = new Coordinator(topics.job(), topics.partitions());
        String decisions = topics.decisions().name();
        history.read(decisions, 0, 0, entry -> {
            SpecificRecord decision = Decisions.decode(codec, decisions, entry.value());
            if (decision instanceof JobStarted job) {
                started.accept(job.getSpec());
            }
            recovered.replay(decision, entry.bodyDigest());
        });
        return recovered;
    }
}
