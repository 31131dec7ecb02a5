package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the coordinator asks for a commit: a round of many trainers must not cost as many of them. */
class CoordinatorCommitsTest {
    private static final long START = 1_700_000_000_000L;

    private final TestJob job = TestJob.create().with(spec -> spec.setPartitions(1));
    private final JobTopics topics = new JobTopics(TestJob.NAME, 1, 1);
    private final RecordCodec codec = new InMemorySchemas().codec();
    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    private final LocalFolds folds = new LocalFolds();
    private final UncommittedParts parts = new UncommittedParts();
    private final CoordinatorProcessor coordinator = new CoordinatorProcessor(
            topics,
            codec,
            new InMemoryLog(),
            from -> CompletableFuture.completedFuture(from - 1),
            round -> {},
            folds,
            parts,
            () -> {},
            Optional.empty());
    private long now = START;
    private long offset;

    @BeforeEach
    void start() {
        context.setCurrentSystemTimeMs(now);
        coordinator.init(context);
        give(topics.commands(), job.submitted());
    }

    @AfterEach
    void stop() {
        codec.close();
    }

    @Test
    void shouldCommitAtOnceWhatLetsARoundGoOn() {
        assertThat(context.committed()).as("job started, round 0 opened").isTrue();
        context.resetCommit();

        initialUpdate();

        assertThat(context.committed()).as("round 0 closed").isTrue();
    }

    @Test
    void shouldCommitAnswersToSingleTrainersTogether() {
        context.resetCommit();

        join("a");
        tick(10);
        join("b");
        tick(10);
        assertThat(context.committed()).isFalse();

        tick(10);
        assertThat(context.committed()).isTrue();
    }

    @Test
    void shouldCommitNothingAgain() {
        join("a");
        tick(100);
        context.resetCommit();

        tick(100);

        assertThat(context.committed()).isFalse();
    }

    @Test
    void shouldCommitWhatWaitedWithWhatIsAwaited() {
        join("a");
        initialUpdate();
        context.resetCommit();

        tick(100);

        assertThat(context.committed()).as("nothing was left").isFalse();
    }

    @Test
    void shouldAnswerAPartBeforeItsCommit() {
        write(0);
        context.resetForwards();
        context.resetCommit();

        assertThat(folds.areCommittedByCoordinator()).isTrue();
        tick(2);
        assertThat(refusedOffsets()).containsExactly(0L);
        assertThat(context.committed()).isFalse();
        tick(25);
        assertThat(context.committed()).as("a refusal lets no round go on").isTrue();

        offset = 0;
        give(topics.parts(), stray());
        assertThat(refusedOffsets()).as("the log has it later").hasSize(1);
    }

    @Test
    void shouldCommitAPartThatIsNotTheNextOne() {
        write(1);
        context.resetForwards();
        context.resetCommit();

        assertThat(folds.areCommittedByCoordinator()).isTrue();
        tick(2);

        assertThat(refusedOffsets()).isEmpty();
        assertThat(context.committed()).isTrue();
    }

    @Test
    void shouldLetFoldsCommitWhatTheirProducerDoesNotTell() {
        assertThat(folds.areCommittedByCoordinator()).isFalse();
    }

    /** A record that this thread writes to parts. */
    private void write(long at) {
        Consumer<LogEntry> acknowledged = parts.sending(() -> {});
        acknowledged.accept(
                new LogEntry(at, now, null, codec.encode(topics.parts().name(), stray())));
    }

    /** A record that is refused: its answer is one decision. */
    private SpecificRecord stray() {
        return job.joined("a", "i-a");
    }

    private List<Long> refusedOffsets() {
        return context.forwarded().stream()
                .filter(each -> each.childName().equals(Optional.of(AggregatorTopology.DECISIONS)))
                .map(each -> Decisions.decode(
                        codec, topics.decisions().name(), each.record().value()))
                .map(each -> DecisionKind.header(each).getSource().getOffset())
                .toList();
    }

    private void join(String trainer) {
        give(topics.manifests(), job.joined(trainer, "i-" + trainer));
    }

    private void initialUpdate() {
        List<TensorChunk> chunks =
                job.chunks(Identifiers.SUBMITTER, "initial", 0, job.values(Identifiers.SUBMITTER, 0));
        give(topics.manifests(), job.manifest(Identifiers.SUBMITTER, "", 0, chunks, 0));
    }

    private void give(Topic topic, SpecificRecord record) {
        context.setRecordMetadata(topic.name(), 0, offset++);
        coordinator.process(new Record<>(null, codec.encode(topic.name(), record), now));
    }

    private void tick(long milliseconds) {
        now += milliseconds;
        context.setCurrentSystemTimeMs(now);
        context.scheduledPunctuators().forEach(each -> each.getPunctuator().punctuate(now));
    }
}
