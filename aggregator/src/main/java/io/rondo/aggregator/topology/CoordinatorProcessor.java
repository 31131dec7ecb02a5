package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.History;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.LoggedInputs;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.SigningOutbox;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Feeds records and the time to the coordinator, and writes its decisions to their topics. */
final class CoordinatorProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Duration TICK = Duration.ofMillis(2);
    /** Most inputs of the log answered in one transaction: it must not stay open longer than the broker allows. */
    private static final int SLICE = 1_000;
    /** How long refused records wait at most to be answered together: nobody waits for them. */
    private static final long MOST_SETTLE_MS = 250;

    private final JobTopics topics;
    private final RecordCodec codec;
    private final History history;
    private final ManifestsEnd manifestsEnd;
    private final RoundTopics roundTopics;
    private final LocalFolds folds;
    private final UncommittedParts uncommittedParts;
    private final Runnable over;
    private final Optional<SigningKey> key;
    private final RefusalPacing refusals = new RefusalPacing();
    private final Map<InputTopic, Topic> inputs = new EnumMap<>(InputTopic.class);

    private ProcessorContext<byte[], byte[]> context;
    private DecisionOutbox outbox;
    private SigningOutbox signing;
    private CommitPacing commits;
    private DeadlineProbe deadlines;
    private EarlyAnswers early;
    /** Null until the decisions in the log have been read. */
    private Coordinator coordinator;

    private InputFeed feed;
    private int preparedRound = -1;
    private long settledAt;

    CoordinatorProcessor(
            JobTopics topics,
            RecordCodec codec,
            History history,
            ManifestsEnd manifestsEnd,
            RoundTopics roundTopics,
            LocalFolds folds,
            UncommittedParts uncommittedParts,
            Runnable over,
            Optional<SigningKey> key) {
        this.topics = topics;
        this.codec = codec;
        this.history = history;
        this.manifestsEnd = manifestsEnd;
        this.roundTopics = roundTopics;
        this.folds = folds;
        this.uncommittedParts = uncommittedParts;
        this.over = over;
        this.key = key;
        inputs.put(InputTopic.COMMANDS, topics.commands());
        inputs.put(InputTopic.MANIFESTS, topics.manifests());
        inputs.put(InputTopic.PARTS, topics.parts());
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        close();
        context = processorContext;
        Map<String, String> sinks = AggregatorTopology.sinks(topics);
        outbox = new DecisionOutbox(
                topics,
                codec,
                (topic, partition, recordKey, value, at) -> {
                    context.forward(new Record<>(recordKey, value, at), sinks.get(topic.name()));
                    // the next round may need what an uncommitted part publishes, and folds read only what is committed
                    if (topic.equals(topics.decisions()) && !early.isAnswering()) {
                        folds.followUncommitted(partition, value);
                    }
                },
                context::currentSystemTimeMs,
                refusals::refused);
        signing = new SigningOutbox(new RoundsWithTopics(outbox, roundTopics), key);
        commits = new CommitPacing(
                outbox, () -> !early.isAnswering() && folds.areAllOfThisThread(topics.partitions()), context::commit);
        folds.coordinate(this::commitsWhatFoldsReported);
        early = new EarlyAnswers(
                uncommittedParts, () -> feed.unseenFrom(InputTopic.PARTS), part -> live(InputTopic.PARTS, part));
        deadlines = new DeadlineProbe(manifestsEnd, topics.manifests().name());
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    /** Not part of {@link #init}, which blocks the other tasks of the thread: their folds read the same log meanwhile. */
    private void ensureRecovered() {
        if (coordinator != null) {
            return;
        }
        Coordinator recovered = new DecisionRecovery(topics, codec, history).recover(spec -> {
            signing.use(spec);
            roundTopics.use(spec);
        });
        feed = new InputFeed(history, inputs, recovered::unansweredFrom);
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
            live(input, new LogEntry(metadata.offset(), record.timestamp(), record.key(), record.value()));
        } else {
            feed.passOver(input, metadata.offset());
        }
    }

    private void live(InputTopic input, LogEntry entry) {
        feed.seen(input, entry.offset());
        answer(input, entry);
    }

    private InputTopic inputTopic(String name) {
        return inputs.entrySet().stream()
                .filter(entry -> entry.getValue().name().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Answers some of the inputs that were in the log. Returns whether none is left. */
    private boolean catchUp() {
        if (feed.catchUp(SLICE, this::answer)) {
            return true;
        }
        settle();
        commits.commit();
        return false;
    }

    private void answer(InputTopic input, LogEntry entry) {
        String topic = inputs.get(input).name();
        outbox.answering(topic, entry);
        handle(LoggedInputs.input(input, entry, codec.decode(topic, entry.value())));
    }

    /** Answers refused records that wait to be answered together. */
    private void settle() {
        settledAt = context.currentSystemTimeMs();
        coordinator.settle(signing);
        commits.answered(settledAt);
    }

    private void handle(Input input) {
        long now = context.currentSystemTimeMs();
        coordinator.answerRefused(refusals.next(now, coordinator.maxTrainers()));
        coordinator.handle(input, now, signing);
        commits.answered(now);
        if (coordinator.lastRound() >= 0 && coordinator.lastRound() != preparedRound) {
            preparedRound = coordinator.lastRound();
            roundTopics.prepare(preparedRound);
        }
        tellWhenOver();
    }

    /** Returns whether a commit of what folds have reported is left to the next turn. */
    private boolean commitsWhatFoldsReported() {
        if (early.haveReported()) {
            commits.written(context.currentSystemTimeMs());
            return true;
        }
        commits.committing();
        return false;
    }

    private void tick(long now) {
        ensureRecovered();
        if (!catchUp()) {
            return;
        }
        if (!early.give()) {
            commits.commit();
        }
        if (now - settledAt >= MOST_SETTLE_MS) {
            settle();
        }
        commits.tick(now);
        deadlines
                .passed(coordinator.deadline(), now, feed.unseenFrom(InputTopic.MANIFESTS))
                .ifPresent(at -> handle(new Input.Clock(at)));
    }

    @Override
    public void close() {
        coordinator = null;
        folds.endCoordination();
        if (early != null) {
            early.end();
        }
        if (feed != null) {
            feed.close();
        }
    }
}
