package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.fold.FakeRoundTopics;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.fold.StashMemory;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.CohortMember;
import io.rondo.log.DecisionHeader;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PartFolded;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import io.rondo.log.Source;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Folds of two partitions as one Streams thread has them: the test's own thread, which nothing may hold up. */
@Timeout(60)
class FoldProcessorTest {
    private static final int SLOW = 1;
    /** The number of the decision that accepts the update. */
    private static final int ACCEPTED = 2;

    /** Rounds whose decisions a restarted fold does not read. */
    private static final int LONG = 5_000;

    private final TestJob job = TestJob.create();
    private final JobTopics topics = new JobTopics(TestJob.NAME, TestJob.PARTITIONS, 1);
    private final RecordCodec codec = new InMemorySchemas().codec();
    private final FakeRoundTopics roundTopics = new FakeRoundTopics(TestJob.PARTITIONS);
    private final CountDownLatch slowMayRead = new CountDownLatch(1);
    private final LocalFolds all = new LocalFolds();
    private final InMemoryLog log = new InMemoryLog();
    private final List<byte[]> decisions = new ArrayList<>();
    private Task fast;
    private Task slow;
    private long sequence;
    private long now;

    /** A processor and what Streams would do for it. */
    private final class Task {
        private final MockProcessorContext<byte[], byte[]> context;
        private final FoldProcessor processor;

        Task(int partition) {
            context = new MockProcessorContext<>(new Properties(), new TaskId(1, partition), new File("unused"));
            processor = new FoldProcessor(
                    topics,
                    codec,
                    log,
                    (number, results) -> new PartitionFold(
                            number,
                            Strategies::named,
                            chunks(),
                            (adapters, from, sink) -> {},
                            () -> 0L,
                            results,
                            StashMemory.of(1L << 20)),
                    all);
            processor.init(context);
        }

        void give(byte[] decision) {
            processor.process(new Record<>(null, decision, 0));
        }

        void tick() {
            context.setCurrentSystemTimeMs(now);
            context.scheduledPunctuators().forEach(each -> each.getPunctuator().punctuate(now));
        }

        boolean hasForwarded() {
            return !context.forwarded().isEmpty();
        }
    }

    @BeforeEach
    void start() {
        fast = new Task(0);
        slow = new Task(SLOW);
        JobSubmitted submitted = job.submitted();
        decide(new JobStarted(
                header(),
                TestJob.UUID,
                submitted.getSpec(),
                submitted.getLayout(),
                submitted.getLayoutDigest(),
                null,
                null));
        decide(opened(1));
        UpdateManifest manifest = upload(1);
        decide(new UpdateAccepted(header(), 1, 1.0, manifest));
        decide(closed(1, manifest));
    }

    @AfterEach
    void stop() {
        slowMayRead.countDown();
        fast.processor.close();
        slow.processor.close();
        codec.close();
    }

    @Test
    void shouldNeitherWaitForASlowFoldNorHoldUpTheOthers() {
        await(() -> {
            tickBoth(5);
            return fast.hasForwarded() && fast.context.committed();
        });
        assertThat(slow.hasForwarded()).isFalse();

        slowMayRead.countDown();
        await(() -> {
            tickBoth(5);
            return slow.hasForwarded() && slow.context.committed();
        });
    }

    @Test
    void shouldCommitTheResultsOfFoldsTogether() {
        await(() -> {
            tickBoth(0);
            return fast.hasForwarded();
        });
        assertThat(fast.context.committed())
                .as("the other's result may come soon")
                .isFalse();

        slowMayRead.countDown();
        await(() -> {
            tickBoth(0);
            return slow.hasForwarded() && fast.context.committed() && slow.context.committed();
        });
    }

    @Test
    void shouldReadTheFirstCopyWhereItsOwnLacksADecision() {
        slowMayRead.countDown();
        keep(0, decisions);
        keep(SLOW, without(ACCEPTED));

        assertThat(folded(new Task(SLOW)).getUpdates()).isEqualTo(1);
    }

    @Test
    void shouldReadTheFirstCopyWhereItsOwnHasADecisionThatWasTakenBack() {
        slowMayRead.countDown();
        keep(0, decisions);
        Task restarted = new Task(SLOW);

        decisions.subList(0, ACCEPTED).forEach(restarted::give);
        restarted.give(encoded(new TrainerAdmitted(
                new DecisionHeader((long) ACCEPTED, new Source("clock", -1L, null, -1L), 0L), "b", "i-b", null, "")));
        decisions.subList(ACCEPTED, decisions.size()).forEach(restarted::give);

        assertThat(folded(restarted).getUpdates()).isEqualTo(1);
    }

    @Test
    void shouldFollowAgainWhatTheHistoryHadAlready() {
        slowMayRead.countDown();
        keep(SLOW, decisions.subList(0, ACCEPTED + 1));
        Task restarted = new Task(SLOW);

        decisions.subList(1, decisions.size()).forEach(restarted::give);

        assertThat(folded(restarted).getUpdates()).isEqualTo(1);
    }

    @Test
    void shouldFoldTheLastRoundOfALongLog() {
        slowMayRead.countDown();
        List<byte[]> rounds = roundsOfALongLog();
        keep(SLOW, decisions.subList(0, 1));
        keep(SLOW, rounds);

        assertThat(folded(new Task(SLOW)).getRound()).isEqualTo(LONG + 1);
        assertThat(log.mostRead()).as("records in one pass").isLessThan(LONG);
    }

    @Test
    void shouldReadTheFirstCopyWhereALongOneLacksTheJob() {
        slowMayRead.countDown();
        List<byte[]> rounds = roundsOfALongLog();
        keep(0, decisions.subList(0, 1));
        keep(0, rounds);
        keep(SLOW, rounds);

        assertThat(folded(new Task(SLOW)).getRound()).isEqualTo(LONG + 1);
    }

    /** All decisions but the first: the last round is closed. */
    private List<byte[]> roundsOfALongLog() {
        List<byte[]> rounds = new ArrayList<>();
        for (int round = 0; round <= LONG; round++) {
            rounds.add(encoded(opened(round)));
            rounds.add(encoded(completed(round)));
        }
        int last = LONG + 1;
        UpdateManifest manifest = upload(last);
        rounds.add(encoded(opened(last)));
        rounds.add(encoded(new UpdateAccepted(header(), last, 1.0, manifest)));
        rounds.add(encoded(closed(last, manifest)));
        return rounds;
    }

    @Test
    void shouldEndWhereTheFirstCopyIsBroken() {
        keep(0, without(ACCEPTED));

        assertThatThrownBy(() -> folded(new Task(0)))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LOG_INCONSISTENT))
                .hasMessageContaining("decision 3 comes where 2 has to come");
    }

    @Test
    void shouldFoldWhatTheCoordinatorOfTheThreadHasNotCommitted() {
        slowMayRead.countDown();
        keep(SLOW, decisions.subList(0, ACCEPTED));
        Task early = new Task(SLOW);

        decisions.subList(ACCEPTED, decisions.size()).forEach(each -> all.followUncommitted(SLOW, each));

        assertThat(folded(early).getUpdates()).isEqualTo(1);
    }

    @Test
    void shouldReportOnceWhatIsCommittedLater() {
        slowMayRead.countDown();
        keep(SLOW, decisions.subList(0, ACCEPTED));
        Task early = new Task(SLOW);
        List<byte[]> uncommitted = decisions.subList(ACCEPTED, decisions.size());
        uncommitted.forEach(each -> all.followUncommitted(SLOW, each));
        await(() -> {
            early.tick();
            return early.hasForwarded();
        });

        uncommitted.forEach(early::give);
        early.give(encoded(new TrainerAdmitted(header(), "b", "i-b", null, "")));
        await(() -> {
            early.tick();
            return all.areIdle();
        });

        assertThat(early.context.forwarded().stream()
                        .filter(each -> each.childName().equals(Optional.of(AggregatorTopology.FOLD_PARTS))))
                .hasSize(1);
        early.processor.close();
    }

    @Test
    void shouldForgetWhatTheCoordinatorOfTheThreadLost() {
        slowMayRead.countDown();
        keep(SLOW, decisions.subList(0, ACCEPTED));
        Task early = new Task(SLOW);
        all.coordinate(() -> false);
        decisions.subList(ACCEPTED, decisions.size()).forEach(each -> all.followUncommitted(SLOW, each));
        await(all::areIdle);

        all.endCoordination();
        early.tick();

        assertThat(early.hasForwarded()).isFalse();
        RoundClosed other = new RoundClosed(
                new DecisionHeader((long) ACCEPTED + 1, new Source("clock", -1L, null, -1L), 0L),
                1,
                2,
                "all",
                closed().getMembers());
        List<byte[]> committed = List.of(decisions.get(ACCEPTED), encoded(other));
        keep(SLOW, committed);
        committed.forEach(early::give);
        assertThat(folded(early).getRevision()).isEqualTo(2);
    }

    @Test
    void shouldLeaveUncommittedDecisionsToTheFoldsOfTheThreadThatCommitsThem() throws InterruptedException {
        slowMayRead.countDown();
        keep(SLOW, decisions.subList(0, ACCEPTED));
        Task elsewhere = new Task(SLOW);

        Thread other = new Thread(
                () -> decisions.subList(ACCEPTED, decisions.size()).forEach(each -> all.followUncommitted(SLOW, each)));
        other.start();
        other.join();
        await(all::areIdle);
        elsewhere.tick();

        assertThat(elsewhere.hasForwarded()).isFalse();
        elsewhere.processor.close();
    }

    @Test
    void shouldWaitForTheDecisionsBeforeAnUncommittedOne() {
        slowMayRead.countDown();
        keep(SLOW, decisions.subList(0, ACCEPTED));
        Task late = new Task(SLOW);

        all.followUncommitted(SLOW, decisions.get(ACCEPTED + 1));
        decisions.subList(ACCEPTED, decisions.size()).forEach(late::give);

        assertThat(folded(late).getUpdates()).isEqualTo(1);
    }

    private RoundClosed closed() {
        return codec.require(topics.decisions().name(), decisions.get(ACCEPTED + 1), RoundClosed.class);
    }

    private void keep(int partition, List<byte[]> copy) {
        copy.forEach(decision -> log.append(topics.decisions().name(), partition, 0, null, decision));
    }

    private List<byte[]> without(int number) {
        List<byte[]> copy = new ArrayList<>(decisions);
        copy.remove(number);
        return copy;
    }

    /** What a task reports to the coordinator when it has folded the round. */
    private PartFolded folded(Task task) {
        try {
            await(() -> {
                now += 5;
                task.tick();
                return task.hasForwarded();
            });
            byte[] last = task.context
                    .forwarded()
                    .get(task.context.forwarded().size() - 1)
                    .record()
                    .value();
            return codec.require(topics.parts().name(), last, PartFolded.class);
        } finally {
            task.processor.close();
        }
    }

    private void tickBoth(long milliseconds) {
        now += milliseconds;
        fast.tick();
        slow.tick();
    }

    private void decide(SpecificRecord decision) {
        byte[] bytes = encoded(decision);
        decisions.add(bytes);
        fast.give(bytes);
        slow.give(bytes);
    }

    private byte[] encoded(SpecificRecord decision) {
        return codec.encode(topics.decisions().name(), decision);
    }

    private DecisionHeader header() {
        return new DecisionHeader(sequence++, new Source("clock", -1L, null, -1L), 0L);
    }

    private RoundOpened opened(int round) {
        return new RoundOpened(
                header(),
                TestJob.UUID,
                round,
                0,
                List.of("a"),
                1,
                0L,
                10L,
                (long) job.flat(round).elements(),
                job.flat(round).chunks(),
                null);
    }

    private RoundClosed closed(int round, UpdateManifest manifest) {
        return new RoundClosed(
                header(),
                round,
                1,
                "all",
                List.of(new CohortMember("a", manifest.getAttempt(), 1.0, 1L, manifest.getDigest(), -1.0, 1.0)));
    }

    private RoundCompleted completed(int round) {
        DecisionHeader header = new DecisionHeader(sequence++, new Source("parts", (long) round, null, -1L), 0L);
        return new RoundCompleted(header, round, 1, Digests.of(), Digests.of(), Digests.of(), List.of());
    }

    private UpdateManifest upload(int round) {
        List<TensorChunk> chunks = job.chunks("a", "at-a", round, job.values("a", round));
        return UpdateManifest.newBuilder(job.manifest("a", "i-a", round, chunks, 0))
                .setRanges(roundTopics.append(chunks))
                .build();
    }

    private ChunkSource chunks() {
        return (round, partition, first, last, sink) -> {
            if (partition == SLOW) {
                awaitPermission();
            }
            return roundTopics.read(round, partition, first, last, sink);
        };
    }

    private void awaitPermission() {
        try {
            slowMayRead.await();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
