package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.strategy.CoordinateMedian;
import io.rondo.aggregator.strategy.OrderStatistic;
import io.rondo.aggregator.strategy.TrimmedMean;
import io.rondo.log.AdapterChunk;
import io.rondo.log.DecisionHeader;
import io.rondo.log.Source;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CohortFoldTest {
    private static final List<String> TRAINERS = List.of("a", "b", "c", "d");

    private final TestJob job = TestJob.create();
    private final FakeRoundTopics topics = new FakeRoundTopics(TestJob.PARTITIONS);
    private final List<UpdateAccepted> updates = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 300, CohortReader.MOST_BUDGET})
    void shouldFoldTheSameWhateverTheMemory(long budget) {
        TRAINERS.forEach(trainer -> upload(trainer, job.chunks(trainer, "at-" + trainer, 1, values(trainer))));

        assertThat(adapter(new CoordinateMedian(), budget)).containsExactly(plain(values -> {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return (sorted[1] + sorted[2]) / 2;
        }));
        assertThat(adapter(new TrimmedMean(), budget)).containsExactly(plain(values -> {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return (sorted[1] + sorted[2]) / 2;
        }));
    }

    @Test
    void shouldReadTheCohortOnceWhereItFitsAndOnceAChunkWhereItDoesNot() {
        TRAINERS.forEach(trainer -> upload(trainer, job.chunks(trainer, "at-" + trainer, 1, values(trainer))));

        fold(0, new CoordinateMedian(), CohortReader.MOST_BUDGET);
        assertThat(topics.reads()).isEqualTo(TRAINERS.size());

        fold(0, new CoordinateMedian(), 1);
        assertThat(topics.reads())
                .isEqualTo(TRAINERS.size() * (1 + job.flat(1).chunksOf(0).size()));
    }

    @Test
    void shouldNameTheUpdateThatIsFaulty() {
        upload("a", job.chunks("a", "at-a", 1, values("a")));
        List<TensorChunk> sent = job.chunks("b", "at-b", 1, values("b"));
        upload("b", sent, sent.subList(1, sent.size()));

        assertThat(fold(0, new CoordinateMedian(), 1)).isEmpty();

        assertThat(faults).containsExactly("b MISSING_CHUNK");
    }

    private interface Plain {
        double of(double[] values);
    }

    /** The slow twin: an element at a time, from what the trainers have. */
    private float[] plain(Plain statistic) {
        float[] expected = new float[job.flat(1).elements()];
        for (int i = 0; i < expected.length; i++) {
            int element = i;
            expected[i] = (float) statistic.of(TRAINERS.stream()
                    .mapToDouble(trainer -> values(trainer)[element])
                    .toArray());
        }
        return expected;
    }

    private float[] values(String trainer) {
        return job.values(trainer, 1);
    }

    private float[] adapter(OrderStatistic statistic, long budget) {
        List<AdapterChunk> chunks = IntStream.range(0, TestJob.PARTITIONS)
                .mapToObj(partition -> fold(partition, statistic, budget))
                .flatMap(result -> result.orElseThrow().stream())
                .toList();
        assertThat(chunks).hasSize(job.flat(1).chunks());
        return job.assemble(1, chunks);
    }

    private Optional<List<AdapterChunk>> fold(int partition, OrderStatistic statistic, long budget) {
        CohortReader cohort = new CohortReader(
                new UpdateReader(
                        new ChunkStash(topics, partition, () -> 0, TestJob.CHUNK_BYTES), partition, job.spec()),
                budget,
                (update, fault) -> faults.add(update.getManifest().getTrainer() + " " + fault.reason()));
        return new CohortFold(cohort, statistic, CohortFold.Scaling.NONE)
                .fold(updates, job.flat(1).chunksOf(partition), 1, 1);
    }

    private void upload(String trainer, List<TensorChunk> chunks) {
        upload(trainer, chunks, chunks);
    }

    private void upload(String trainer, List<TensorChunk> said, List<TensorChunk> sent) {
        UpdateManifest manifest = UpdateManifest.newBuilder(job.manifest(trainer, "i-" + trainer, 1, said, 0))
                .setRanges(topics.append(sent))
                .build();
        DecisionHeader header = new DecisionHeader((long) updates.size(), new Source("manifests", 0L, null, -1L), 0L);
        updates.add(new UpdateAccepted(header, 1, 1.0 + updates.size(), manifest));
    }
}
