package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.fold.FakeRoundTopics;
import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An update whose fault only reading shows, in each of the partitions, found at every moment of a round: before and after the close,
 * and after any number of the other parts. What is published is the mean of the sound updates, once.
 */
class RevisionMomentsTest {
    private static final List<String> TRAINERS = List.of("a", "b", "c");
    private static final String FAULTY = "b";
    private static final int CLOSED = TRAINERS.size();
    private static final int LAST_MOMENT = CLOSED + TestJob.PARTITIONS - 1;

    private final TestJob job = TestJob.create();
    private final FakeRoundTopics topics = new FakeRoundTopics(TestJob.PARTITIONS);
    private final CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, TRAINERS.toArray(String[]::new));
    private final List<Fold> folds = new ArrayList<>();
    private final List<FoldResult.Folded> folded = new ArrayList<>();

    /** A fold, and how far it has followed the decisions. */
    private final class Fold {
        private final Queue<FoldResult> results = new ArrayDeque<>();
        private final PartitionFold fold;
        private int followed;

        Fold(int partition) {
            fold = new PartitionFold(
                    partition, Strategies::named, topics, (number, from, chunks) -> {}, () -> 0L, results::add);
            follow();
        }

        void follow() {
            harness.decisions.subList(followed, harness.decisions.size()).forEach(fold::follow);
            followed = harness.decisions.size();
        }

        void work() {
            follow();
            fold.work();
        }

        /** Gives the next thing that it has to say to the coordinator. */
        boolean report() {
            FoldResult result = results.poll();
            if (result instanceof FoldResult.Folded part) {
                folded.add(part);
                harness.part(part.part());
            } else if (result instanceof FoldResult.Refused refused) {
                harness.part(refused.part());
            }
            return result != null;
        }
    }

    static Stream<Arguments> moments() {
        return IntStream.range(0, TestJob.PARTITIONS).boxed().flatMap(partition -> IntStream.rangeClosed(
                        TRAINERS.indexOf(FAULTY) + 1, LAST_MOMENT)
                .boxed()
                .flatMap(moment -> Stream.of(false, true).map(restarts -> Arguments.of(partition, moment, restarts))));
    }

    @ParameterizedTest
    @MethodSource("moments")
    void shouldPublishTheSoundUpdatesAlone(int faultyPartition, int moment, boolean restarts) {
        IntStream.range(0, TestJob.PARTITIONS).forEach(partition -> folds.add(new Fold(partition)));
        List<Fold> others = new ArrayList<>(folds);
        others.remove(faultyPartition);

        for (int event = 0; event < moment; event++) {
            if (event < CLOSED) {
                upload(TRAINERS.get(event), faultyPartition);
                others.forEach(Fold::work);
            } else {
                others.get(event - CLOSED).report();
            }
        }
        if (restarts) {
            harness.restart();
            harness.readAgain();
            folds.set(faultyPartition, new Fold(faultyPartition));
        }
        runToTheEnd();
        for (String trainer : TRAINERS.subList(Math.min(moment, CLOSED), CLOSED)) {
            upload(trainer, faultyPartition);
            runToTheEnd();
        }
        // revoked before the close, the trainer may send another update until the deadline
        if (moment < CLOSED) {
            harness.now = harness.open().getDeadline() + 1;
            harness.clock();
            runToTheEnd();
        }

        assertThat(harness.all(UpdateRejected.class))
                .singleElement()
                .matches(UpdateRejected::getRevoked)
                .extracting(UpdateRejected::getTrainer)
                .isEqualTo(FAULTY);
        assertThat(harness.published).extracting(RoundPublished::getRound).containsExactly(0, 1);
        RoundPublished published = harness.published.get(1);
        assertThat(published.getMembers()).extracting(CohortMember::getTrainer).containsExactly("a", "c");
        assertThat(adapter(published)).containsExactly(meanOfAAndC());
    }

    private void upload(String trainer, int faultyPartition) {
        List<TensorChunk> chunks = job.chunks(trainer, "at-" + trainer, 1, job.values(trainer, 1));
        List<TensorChunk> inTheLog = chunks.stream()
                .map(chunk -> trainer.equals(FAULTY) && chunk.getOrdinal() == faultyPartition
                        ? TensorChunk.newBuilder(chunk).setCount(1).build()
                        : chunk)
                .toList();
        UpdateManifest manifest = job.manifest(trainer, "i-" + trainer, 1, chunks, 0);
        harness.manifest(UpdateManifest.newBuilder(manifest)
                .setRanges(topics.append(inTheLog))
                .build());
    }

    private void runToTheEnd() {
        boolean isMoving = true;
        while (isMoving) {
            folds.forEach(Fold::work);
            isMoving = folds.stream().filter(Fold::report).count() > 0;
        }
    }

    private float[] adapter(RoundPublished published) {
        List<AdapterChunk> chunks = folded.stream()
                .filter(part -> part.part().getRevision() == published.getRevision())
                .flatMap(part -> part.chunks().stream())
                .toList();
        assertThat(chunks).hasSize(job.flat(1).chunks());
        return job.assemble(1, chunks);
    }

    /** In plain arithmetic; both have as many examples. */
    private float[] meanOfAAndC() {
        float[] a = job.values("a", 1);
        float[] c = job.values("c", 1);
        float[] mean = new float[a.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) ((101.0 * a[i] + 101.0 * c[i]) / 202.0);
        }
        return mean;
    }
}
