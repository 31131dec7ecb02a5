package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.round.Answering;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.Outbox;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.aggregator.topology.DecisionOutbox;
import io.rondo.aggregator.topology.FoldOutbox;
import io.rondo.log.AdapterChunk;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.IntToLongFunction;
import org.apache.avro.specific.SpecificRecord;

/**
 * The coordinator and the folds of a job on a private log, driven step by step: the caller advances the time. The records
 * are those that a live aggregator would write.
 */
final class LocalAggregator implements AutoCloseable {
    private final JobTopics topics;
    private final RecordCodec codec;
    private final BranchLog log;
    private final IntToLongFunction openedAt;
    private final Coordinator coordinator;
    private final DecisionOutbox decisions;
    private final FoldOutbox parts;
    private final List<PartitionFold> folds = new ArrayList<>();
    private final RecentAdapters adapters = new RecentAdapters();
    private final List<List<FoldResult>> results = new ArrayList<>();
    private final List<SpecificRecord> toFold = new ArrayList<>();
    private final Queue<LogEntry> toAnswer = new ArrayDeque<>();
    private final Listener listener;
    private long now;

    /** Notified of the records of a round. */
    interface Listener {
        void decided(SpecificRecord decision);

        void folded(AdapterChunk chunk);

        void published(RoundPublished publication);
    }

    /**
     * @param openedAt the opening time of a round, milliseconds since 1970
     * @param listener notified of each record as it is made
     */
    LocalAggregator(JobTopics topics, RecordCodec codec, BranchLog log, IntToLongFunction openedAt, Listener listener) {
        this.topics = topics;
        this.codec = codec;
        this.log = log;
        this.openedAt = openedAt;
        this.listener = listener;
        this.coordinator = new Coordinator(topics.job(), topics.partitions());
        this.decisions = new DecisionOutbox(topics, codec, this::append, () -> now);
        this.parts = new FoldOutbox(topics, codec, this::append);
        for (int partition = 0; partition < topics.partitions(); partition++) {
            List<FoldResult> reported = new ArrayList<>();
            results.add(reported);
            folds.add(new PartitionFold(
                    partition, Strategies::installed, log.chunks(partition), adapters, () -> 0L, reported::add));
        }
    }

    private void append(Topic topic, int partition, byte[] key, byte[] value, long timestamp) {
        long offset = log.append(topic, partition, key, value, timestamp);
        if (topic.name().equals(topics.parts().name())) {
            toAnswer.add(new LogEntry(offset, timestamp, key, value));
        }
    }

    /** Appends an input to its topic and answers it. */
    void answer(InputTopic input, SpecificRecord record, long at) {
        Topic topic =
                switch (input) {
                    case COMMANDS -> topics.commands();
                    case MANIFESTS -> topics.manifests();
                    case PARTS -> throw new IllegalArgumentException("parts come from the folds");
                };
        byte[] value = codec.encode(topic.name(), record);
        LogEntry entry = new LogEntry(log.append(topic, 0, null, value, at), at, null, value);
        answer(input, topic, entry, record);
    }

    private void answer(InputTopic input, Topic topic, LogEntry entry, SpecificRecord record) {
        decisions.answering(topic.name(), entry);
        handle(
                new Input.Received(input, entry.offset(), entry.bodyDigest(), entry.timestamp(), record),
                openedAt.applyAsLong(coordinator.lastRound() + 1));
    }

    /** Answers everything refused until {@link #settle} together, as an aggregator does in a flood. */
    void refuseTogether() {
        coordinator.answerRefused(Answering.TOGETHER);
    }

    void settle() {
        coordinator.settle(outbox);
        coordinator.answerRefused(Answering.ALONE);
    }

    /** Advances the clock past this moment: an earlier deadline is over. */
    void tick(long at) {
        tick(at, at);
    }

    /** @param time the time of the resulting decisions */
    void tick(long at, long time) {
        decisions.answering("clock", new LogEntry(-1, at, null, null));
        handle(new Input.Clock(at), time);
    }

    private void handle(Input input, long time) {
        now = time;
        coordinator.handle(input, time, outbox);
    }

    /** Alternates between folding and deciding until nothing is left to do. */
    void work() {
        do {
            toFold.forEach(decision -> folds.forEach(fold -> fold.follow(decision)));
            toFold.clear();
            folds.parallelStream().forEach(PartitionFold::work);
            for (List<FoldResult> reported : results) {
                reported.forEach(this::report);
                reported.clear();
            }
            while (!toAnswer.isEmpty()) {
                LogEntry part = toAnswer.remove();
                answer(
                        InputTopic.PARTS,
                        topics.parts(),
                        part,
                        codec.require(topics.parts().name(), part.value(), SpecificRecord.class));
            }
        } while (!toFold.isEmpty());
    }

    private void report(FoldResult result) {
        if (result instanceof FoldResult.Folded folded) {
            folded.chunks().forEach(listener::folded);
            adapters.add(folded);
        }
        parts.report(result, openedAt.applyAsLong(coordinator.lastRound() + 1));
    }

    /** Deadline of the open round, if one is open. */
    OptionalLong deadline() {
        return coordinator.deadline();
    }

    /** The last round that was opened, or -1. */
    int lastRound() {
        return coordinator.lastRound();
    }

    private final Outbox outbox = new Outbox() {
        @Override
        public Sha256 decide(SpecificRecord decision) {
            toFold.add(decision);
            listener.decided(decision);
            return decisions.decide(decision);
        }

        @Override
        public void tell(SpecificRecord decision) {
            decisions.tell(decision);
        }

        @Override
        public Sha256 publish(RoundPublished published) {
            adapters.published(published);
            listener.published(published);
            return decisions.publish(published);
        }
    };

    @Override
    public void close() {
        folds.forEach(PartitionFold::close);
    }
}
