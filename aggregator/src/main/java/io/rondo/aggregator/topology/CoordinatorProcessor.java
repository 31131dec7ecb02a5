package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.History;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.LoggedInputs;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.SigningOutbox;
import io.rondo.log.JobStarted;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Feeds the coordinator with records and with the time, and carries its decisions to their topics. */
final class CoordinatorProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Duration TICK = Duration.ofMillis(10);
    /**
     * How long a decision that nobody waits for may stay uncommitted: about as long as a commit takes, so that an input of many does
     * not pay for one of its own.
     */
    private static final long MOST_WAIT_MS = 25;
    /** Inputs of the backlog that are answered in one transaction: it must not be open for longer than the broker allows. */
    private static final int SLICE = 200;

    private final JobTopics topics;
    private final RecordCodec codec;
    private final History history;
    private final ManifestsEnd manifestsEnd;
    private final RoundTopics roundTopics;
    private final Runnable over;
    private final Optional<SigningKey> key;
    private final Map<InputTopic, Topic> inputs = new EnumMap<>(InputTopic.class);

    private ProcessorContext<byte[], byte[]> context;
    private Coordinator coordinator;
    private DecisionOutbox outbox;
    private SigningOutbox signing;
    private Backlog backlog;
    private final Map<InputTopic, Long> passedOver = new EnumMap<>(InputTopic.class);
    private final Map<InputTopic, Long> seen = new EnumMap<>(InputTopic.class);
    private int preparedRound = -1;
    private long uncommittedSince = -1;
    private CompletableFuture<Long> asked;
    private long askedAt;

    CoordinatorProcessor(
            JobTopics topics,
            RecordCodec codec,
            History history,
            ManifestsEnd manifestsEnd,
            RoundTopics roundTopics,
            Runnable over,
            Optional<SigningKey> key) {
        this.topics = topics;
        this.codec = codec;
        this.history = history;
        this.manifestsEnd = manifestsEnd;
        this.roundTopics = roundTopics;
        this.over = over;
        this.key = key;
        inputs.put(InputTopic.COMMANDS, topics.commands());
        inputs.put(InputTopic.MANIFESTS, topics.manifests());
        inputs.put(InputTopic.PARTS, topics.parts());
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        coordinator = null;
        Map<String, String> sinks = AggregatorTopology.sinks(topics);
        outbox = new DecisionOutbox(
                topics,
                codec,
                (topic, partition, key, value, at) ->
                        context.forward(new Record<>(key, value, at), sinks.get(topic.name())),
                context::currentSystemTimeMs);
        signing = new SigningOutbox(new RoundsWithTopics(outbox, roundTopics), key);
        closeBacklog();
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    /**
     * Rebuilds the state from the decisions, and finds what no decision answers yet. The committed offsets are not relied
     * on: they may be gone, and an input that decides nothing by itself may lie before them. Not part of {@link #init}, for which
     * the other tasks of the thread wait: their folds read the same log meanwhile.
     */
    private void recover() {
        Coordinator recovered = new Coordinator(topics.job(), topics.partitions());
        seen.clear();
        passedOver.clear();
        uncommittedSince = -1;
        asked = null;
        String decisions = topics.decisions().name();
        history.read(decisions, 0, 0, entry -> {
            SpecificRecord decision = Decisions.decode(codec, decisions, entry.value());
            if (decision instanceof JobStarted started) {
                signing.use(started.getSpec());
                roundTopics.use(started.getSpec());
            }
            recovered.replay(decision, entry.bodyDigest());
        });
        backlog = new Backlog(history, inputs, recovered::unansweredFrom);
        coordinator = recovered;
        tellWhenOver();
    }

    private void tellWhenOver() {
        if (coordinator.isOver()) {
            over.run();
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        ensureRecovered();
        RecordMetadata metadata = context.recordMetadata().orElseThrow();
        InputTopic input = inputTopic(metadata.topic());
        if (catchUp()) {
            answer(input, new LogEntry(metadata.offset(), record.timestamp(), record.key(), record.value()));
        } else {
            // its turn has not come; it is read again from the log
            passedOver.merge(input, metadata.offset(), Math::max);
        }
    }

    /** Answers a slice of the backlog. Whether nothing is left of it. */
    private boolean catchUp() {
        if (backlog == null) {
            return true;
        }
        for (int answered = 0; answered < SLICE; answered++) {
            Optional<Backlog.Waiting> next = backlog.next();
            if (next.isEmpty()) {
                closeBacklog();
                if (passedOver.entrySet().stream().anyMatch(entry -> entry.getValue() >= unseenFrom(entry.getKey()))) {
                    backlog = new Backlog(history, inputs, this::unseenFrom);
                    return false;
                }
                return true;
            }
            answer(next.get().topic(), next.get().entry());
        }
        commit();
        return false;
    }

    private void closeBacklog() {
        if (backlog != null) {
            backlog.close();
            backlog = null;
        }
    }

    /** Offset of the first record of the topic that this task has not seen. */
    private long unseenFrom(InputTopic topic) {
        return Math.max(coordinator.unansweredFrom(topic), seen.getOrDefault(topic, -1L) + 1);
    }

    private void answer(InputTopic input, LogEntry entry) {
        seen.merge(input, entry.offset(), Math::max);
        String topic = inputs.get(input).name();
        outbox.answering(topic, entry);
        handle(LoggedInputs.input(input, entry, codec.decode(topic, entry.value())));
    }

    private void handle(Input input) {
        long now = context.currentSystemTimeMs();
        coordinator.handle(input, now, signing);
        if (outbox.hasNew() && uncommittedSince < 0) {
            uncommittedSince = now;
        }
        if (outbox.isAwaited()) {
            commit();
        }
        if (coordinator.lastRound() >= 0 && coordinator.lastRound() != preparedRound) {
            preparedRound = coordinator.lastRound();
            roundTopics.prepare(preparedRound);
        }
        tellWhenOver();
    }

    /** Every hop waits for a commit: the default interval would cost more than all the work. */
    private void commit() {
        outbox.committing();
        uncommittedSince = -1;
        context.commit();
    }

    private void ensureRecovered() {
        if (coordinator == null) {
            recover();
        }
    }

    private void tick(long now) {
        ensureRecovered();
        if (!catchUp()) {
            return;
        }
        if (uncommittedSince >= 0 && now - uncommittedSince >= MOST_WAIT_MS) {
            commit();
        }
        if (coordinator.deadline().isEmpty() || coordinator.deadline().getAsLong() >= now) {
            asked = null;
            return;
        }
        if (asked == null) {
            askedAt = now;
            asked = manifestsEnd.lastOffset(unseenFrom(InputTopic.MANIFESTS));
        }
        if (asked.isDone() && lastOffset() < unseenFrom(InputTopic.MANIFESTS)) {
            asked = null;
            handle(new Input.Clock(askedAt));
        }
    }

    private long lastOffset() {
        try {
            return asked.join();
        } catch (CompletionException e) {
            asked = null;
            throw new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "the end of " + topics.manifests().name() + " cannot be read: "
                            + e.getCause().getMessage(),
                    "check the brokers; the round closes once they answer",
                    e.getCause());
        }
    }

    private InputTopic inputTopic(String name) {
        return inputs.entrySet().stream()
                .filter(entry -> entry.getValue().name().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        closeBacklog();
    }
}
