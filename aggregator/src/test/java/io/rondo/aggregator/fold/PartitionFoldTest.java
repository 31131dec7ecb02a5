package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.CoordinateMedian;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.DType;
import io.rondo.log.DecisionHeader;
import io.rondo.log.OffsetRange;
import io.rondo.log.PartRefused;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundOpened;
import io.rondo.log.Source;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionFoldTest {
    private TestJob job = TestJob.create().with(spec -> spec.setRules(2));
    private final FakeRoundTopics topics = new FakeRoundTopics(TestJob.PARTITIONS);
    private final List<SpecificRecord> decisions = new ArrayList<>();
    private final List<List<FoldResult>> results = new ArrayList<>();
    private final List<PartitionFold> folds = new ArrayList<>();
    private Function<String, AggregationStrategy> strategies = Strategies::named;

    @BeforeEach
    void openRoundOne() {
        for (int partition = 0; partition < TestJob.PARTITIONS; partition++) {
            results.add(new ArrayList<>());
            folds.add(newFold(partition));
        }
        decide(job.started(header()));
        decide(job.opened(header(), 1, List.of("a", "b", "c"), 2));
    }

    @Test
    void shouldFoldTheWeightedMeanOfAllPartitions() {
        accept("b", 3, UnaryOperator.identity());
        accept("a", 1, UnaryOperator.identity());

        close(1, "b", "a");

        float[] expected = new float[job.flat(1).elements()];
        float[] b = job.values("b", 1);
        float[] a = job.values("a", 1);
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (float) ((3.0 * b[i] + 1.0 * a[i]) / 4);
        }
        assertThat(adapter()).containsExactly(expected);
    }

    @Test
    void shouldFoldTheMedianOfTheCohortWhateverTheWeights() {
        strategies = name -> new CoordinateMedian();
        folds.clear();
        IntStream.range(0, TestJob.PARTITIONS).forEach(partition -> folds.add(newFold(partition)));
        folds.forEach(fold -> decisions.forEach(fold::follow));

        accept("c", 100, UnaryOperator.identity());
        accept("a", 1, UnaryOperator.identity());
        accept("b", 1, UnaryOperator.identity());
        close(1, "c", "a", "b");

        float[] expected = new float[job.flat(1).elements()];
        for (int i = 0; i < expected.length; i++) {
            float[] sorted = {job.values("a", 1)[i], job.values("b", 1)[i], job.values("c", 1)[i]};
            Arrays.sort(sorted);
            expected[i] = sorted[1];
        }
        assertThat(adapter()).containsExactly(expected);
    }

    @Test
    void shouldReadEachUpdateOnceAndOnlyTheLastAfterTheClose() {
        accept("a", 1, UnaryOperator.identity());
        accept("b", 1, UnaryOperator.identity());
        int before = topics.reads();

        close(1, "a", "b");

        assertThat(before).isEqualTo(2 * TestJob.PARTITIONS);
        assertThat(topics.reads()).isEqualTo(before);
    }

    @Test
    void shouldFoldTheSameBytesFromTheDecisionsAlone() {
        accept("c", 5, UnaryOperator.identity());
        accept("a", 2, UnaryOperator.identity());
        close(1, "c", "a");
        float[] live = adapter();

        for (int partition = 0; partition < TestJob.PARTITIONS; partition++) {
            results.get(partition).clear();
            PartitionFold again = newFold(partition);
            decisions.forEach(again::follow);
            again.work();
        }

        assertThat(adapter()).containsExactly(live);
    }

    @Test
    void shouldKeepWhatWasAcceptedWhenTheRoundOpensAgainForAnotherCohort() {
        accept("a", 1, UnaryOperator.identity());
        int before = topics.reads();

        decide(RoundOpened.newBuilder((RoundOpened) decisions.get(1))
                .setHeader(header())
                .setCohort(List.of("a", "d"))
                .build());
        close(1, "a");

        assertThat(topics.reads()).isEqualTo(before);
        assertThat(adapter()).containsExactly(job.values("a", 1));
    }

    @Test
    void shouldNotReportTwiceWhatStandsInTheLog() {
        accept("a", 1, UnaryOperator.identity());
        close(1, "a");
        FoldResult.Folded before = (FoldResult.Folded) results.get(0).get(0);

        PartitionFold again = newFold(0);
        results.get(0).clear();
        decisions.forEach(again::follow);
        again.reported(before.part());
        again.work();

        assertThat(results.get(0)).isEmpty();
    }

    @Test
    void shouldRefuseAChunkWhoseBytesAreNotThoseOfTheManifest() {
        accept("a", 1, chunk -> chunk.getOrdinal() == 4 ? withValue(chunk, 0, 42f) : chunk);

        assertThat(refusals()).singleElement().satisfies(refused -> {
            assertThat(refused.getReason()).isEqualTo("bad-digest");
            assertThat(refused.getPartition()).isEqualTo(4 % TestJob.PARTITIONS);
            assertThat(refused.getDetail()).contains("chunk 4");
        });
    }

    @Test
    void shouldRefuseAMissingChunk() {
        List<TensorChunk> chunks = job.chunks("a", "at-a", 1, job.values("a", 1));
        UpdateManifest manifest = manifest("a", chunks, chunks.subList(0, chunks.size() - 1));

        decide(new UpdateAccepted(header(), 1, 1.0, manifest));

        assertThat(refusals()).extracting(PartRefused::getReason).containsExactly("missing-chunk");
    }

    @Test
    void shouldRefuseValuesThatAreNotFinite() {
        for (float poison : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            float[] values = job.values("a", 1);
            values[17] = poison;
            List<TensorChunk> chunks = job.chunks("a", "at-" + poison, 1, values);
            decide(new UpdateAccepted(header(), 1, 1.0, manifest("a", chunks, chunks)));
        }

        assertThat(refusals()).extracting(PartRefused::getReason).containsExactly("non-finite", "non-finite");
    }

    @Test
    void shouldRefuseAChunkOfAnotherShapeWithoutReadingItsValues() {
        accept(
                "a",
                1,
                chunk -> chunk.getOrdinal() == 0
                        ? TensorChunk.newBuilder(chunk)
                                .setCount(Integer.MAX_VALUE)
                                .build()
                        : chunk);
        accept(
                "b",
                1,
                chunk -> chunk.getOrdinal() == 1
                        ? TensorChunk.newBuilder(chunk).setDtype(DType.BF16).build()
                        : chunk);
        accept(
                "c",
                1,
                chunk -> chunk.getOrdinal() == 2
                        ? TensorChunk.newBuilder(chunk).setPosition(0).build()
                        : chunk);

        assertThat(refusals())
                .extracting(PartRefused::getReason)
                .containsOnly("wrong-shape")
                .hasSize(3);
    }

    @Test
    void shouldFoldWithoutAnUpdateThatWasRevoked() {
        accept("a", 1, UnaryOperator.identity());
        accept("b", 1, chunk -> chunk.getOrdinal() == 5 ? withValue(chunk, 1, 42f) : chunk);
        accept("c", 2, UnaryOperator.identity());
        close(1, "a", "b", "c");
        assertThat(results.get(5 % TestJob.PARTITIONS))
                .as("the fold that refused waits for a revision")
                .noneMatch(FoldResult.Folded.class::isInstance);

        decide(new UpdateRejected(header(), 1, "b", "i-b", "at-b", "bad-digest", "", true));
        results.forEach(List::clear);
        close(2, "a", "c");

        float[] a = job.values("a", 1);
        float[] c = job.values("c", 1);
        float[] adapter = adapter();
        for (int i = 0; i < adapter.length; i++) {
            assertThat(adapter[i]).isEqualTo((float) ((a[i] + 2.0 * c[i]) / 3));
        }
    }

    @Test
    void shouldGoOnBetweenARevocationAndTheCloseThatFollowsIt() {
        accept("a", 1, UnaryOperator.identity());
        accept("b", 1, chunk -> chunk.getOrdinal() == 5 ? withValue(chunk, 1, 42f) : chunk);
        close(1, "a", "b");
        decide(new UpdateRejected(header(), 1, "b", "i-b", "at-b", "bad-digest", "", true));
        results.forEach(List::clear);

        PartitionFold late = newFold(0);
        decisions.forEach(late::follow);
        late.work();

        assertThat(results.get(0)).as("the close is void").isEmpty();
        folds.set(0, late);
        close(2, "a");
        assertThat(adapter()).containsExactly(job.values("a", 1));
    }

    @Test
    void shouldReadInterleavedUploadsEachByItsAttempt() {
        List<TensorChunk> a = job.chunks("a", "at-a", 1, job.values("a", 1));
        List<TensorChunk> orphan = job.chunks("a", "died", 1, job.values("other", 1));
        List<TensorChunk> mixed = new ArrayList<>();
        IntStream.range(0, a.size()).forEach(i -> {
            mixed.add(orphan.get(i));
            mixed.add(a.get(i));
            mixed.add(a.get(i));
        });
        UpdateManifest manifest = UpdateManifest.newBuilder(job.manifest("a", "i-a", 1, a, 0))
                .setRanges(topics.append(mixed))
                .build();

        decide(new UpdateAccepted(header(), 1, 1.0, manifest));
        close(1, "a");

        assertThat(adapter()).containsExactly(job.values("a", 1));
    }

    @Test
    void shouldRefuseValuesThatNoTrainingReaches() {
        float[] values = job.values("a", 1);
        values[17] = -3.4e38f;
        List<TensorChunk> chunks = job.chunks("a", "at-a", 1, values);

        decide(new UpdateAccepted(header(), 1, 1.0, manifest("a", chunks, chunks)));

        assertThat(refusals()).singleElement().satisfies(refused -> {
            assertThat(refused.getReason()).isEqualTo("implausible");
            assertThat(refused.getDetail()).contains("is -3.4E38, allowed are up to 65536.0");
        });
    }

    @Test
    void shouldPassOverChunksThatAnotherWroteInATrainersName() {
        decide(new UpdateAccepted(header(), 1, 1.0, splicedUpdate()));
        close(1, "a");

        assertThat(refusals()).isEmpty();
        assertThat(adapter()).containsExactly(job.values("a", 1));
    }

    @Test
    void shouldTakeTheFirstChunkOfAnAttemptUnderTheOlderRules() {
        job = TestJob.create().with(spec -> spec.setRules(1));
        List.of(results, folds, decisions).forEach(List::clear);
        openRoundOne();

        decide(new UpdateAccepted(header(), 1, 1.0, splicedUpdate()));

        assertThat(refusals()).extracting(PartRefused::getReason).containsOnly("bad-digest");
    }

    @Test
    void shouldTellAttemptsOfOneNameApart() {
        List<TensorChunk> a = job.chunks("a", "same", 1, job.values("a", 1));
        List<TensorChunk> b = job.chunks("b", "same", 1, job.values("b", 1));
        List<TensorChunk> mixed = new ArrayList<>();
        IntStream.range(0, a.size()).forEach(i -> mixed.addAll(List.of(b.get(i), a.get(i))));
        List<OffsetRange> ranges = topics.append(mixed);
        for (List<TensorChunk> chunks : List.of(a, b)) {
            String trainer = chunks.get(0).getTrainer();
            decide(new UpdateAccepted(
                    header(),
                    1,
                    1.0,
                    UpdateManifest.newBuilder(job.manifest(trainer, "i-" + trainer, 1, chunks, 0))
                            .setRanges(ranges)
                            .build()));
        }

        close(1, "a", "b");

        assertThat(refusals()).isEmpty();
        float[] adapter = adapter();
        for (int i = 0; i < adapter.length; i++) {
            assertThat(adapter[i]).isEqualTo((float) (((double) job.values("a", 1)[i] + job.values("b", 1)[i]) / 2));
        }
    }

    @Test
    void shouldStopReadingOnceAllChunksAreThere() {
        List<TensorChunk> chunks = job.chunks("a", "at-a", 1, job.values("a", 1));
        List<OffsetRange> ranges = topics.append(chunks);
        for (int i = 0; i < 20; i++) {
            topics.append(job.chunks("b", "flood-" + i, 1, job.values("b", 1)));
        }
        UpdateManifest endless = UpdateManifest.newBuilder(job.manifest("a", "i-a", 1, chunks, 0))
                .setRanges(ranges.stream()
                        .map(range -> new OffsetRange(range.getPartition(), range.getFirst(), Long.MAX_VALUE - 1))
                        .toList())
                .build();

        decide(new UpdateAccepted(header(), 1, 1.0, endless));
        close(1, "a");

        assertThat(adapter()).containsExactly(job.values("a", 1));
        assertThat(topics.records()).isEqualTo(chunks.size());
    }

    /** An update of a, whose chunks lie behind others that carry its name and attempt. */
    private UpdateManifest splicedUpdate() {
        List<TensorChunk> own = job.chunks("a", "at-a", 1, job.values("a", 1));
        List<TensorChunk> foreign = job.chunks("a", "at-a", 1, job.values("z", 1));
        List<TensorChunk> mixed = new ArrayList<>();
        IntStream.range(0, own.size()).forEach(i -> {
            mixed.add(foreign.get(i));
            mixed.add(TensorChunk.newBuilder(own.get(i)).setCount(1).build());
            mixed.add(own.get(i));
        });
        return manifest("a", own, mixed);
    }

    private PartitionFold newFold(int partition) {
        return new PartitionFold(
                partition, strategies, topics, (from, offset, chunks) -> {}, () -> 0L, results.get(partition)::add);
    }

    private void decide(SpecificRecord decision) {
        decisions.add(decision);
        folds.forEach(fold -> {
            fold.follow(decision);
            fold.work();
        });
    }

    private void accept(String trainer, double weight, UnaryOperator<TensorChunk> inTheLog) {
        List<TensorChunk> chunks = job.chunks(trainer, "at-" + trainer, 1, job.values(trainer, 1));
        UpdateManifest manifest =
                manifest(trainer, chunks, chunks.stream().map(inTheLog).toList());
        decide(new UpdateAccepted(header(), 1, weight, manifest));
    }

    private UpdateManifest manifest(String trainer, List<TensorChunk> chunks, List<TensorChunk> inTheLog) {
        return UpdateManifest.newBuilder(job.manifest(trainer, "i-" + trainer, 1, chunks, 0))
                .setRanges(topics.append(inTheLog))
                .build();
    }

    private void close(int revision, String... trainers) {
        List<CohortMember> members = Arrays.stream(trainers)
                .map(trainer -> decisions.stream()
                        .filter(UpdateAccepted.class::isInstance)
                        .map(UpdateAccepted.class::cast)
                        .filter(update -> update.getManifest().getTrainer().equals(trainer))
                        .findFirst()
                        .orElseThrow())
                .map(update -> new CohortMember(
                        update.getManifest().getTrainer(),
                        update.getManifest().getAttempt(),
                        update.getWeight(),
                        update.getManifest().getNumExamples(),
                        update.getManifest().getDigest(),
                        -1.0,
                        1.0))
                .toList();
        decide(new RoundClosed(header(), 1, revision, "all", members));
    }

    private DecisionHeader header() {
        return new DecisionHeader((long) decisions.size(), new Source("clock", -1L, null, -1L), 0L);
    }

    private float[] adapter() {
        List<AdapterChunk> chunks = results.stream()
                .flatMap(List::stream)
                .filter(FoldResult.Folded.class::isInstance)
                .flatMap(result -> ((FoldResult.Folded) result).chunks().stream())
                .toList();
        assertThat(chunks).hasSize(job.flat(1).chunks());
        return job.assemble(1, chunks);
    }

    private List<PartRefused> refusals() {
        return results.stream()
                .flatMap(List::stream)
                .filter(FoldResult.Refused.class::isInstance)
                .map(result -> ((FoldResult.Refused) result).part())
                .toList();
    }

    private static TensorChunk withValue(TensorChunk chunk, int index, float value) {
        ByteBuffer bytes = ByteBuffer.allocate(chunk.getValues().remaining()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        bytes.put(chunk.getValues().duplicate()).flip();
        bytes.putFloat(index * Float.BYTES, value);
        return TensorChunk.newBuilder(chunk).setValues(bytes).build();
    }
}
