package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.strategy.WeightedMean;
import io.rondo.log.DecisionHeader;
import io.rondo.log.Source;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunningSumTest {
    private static final int PARTITION = 0;

    private final TestJob job = TestJob.create().with(spec -> spec.setRules(2));
    private final List<FlatLayout.Chunk> chunks = job.flat(1).chunksOf(PARTITION);
    private final FakeRoundTopics topics = new FakeRoundTopics(TestJob.PARTITIONS);
    private final ChunkStash stash = new ChunkStash(topics, PARTITION, () -> 0, TestJob.CHUNK_BYTES);
    private final List<String> faults = new ArrayList<>();
    private final List<AttemptId> added = new ArrayList<>();
    private long adapterEnd;
    private final RunningSum sum = new RunningSum(
            stash,
            new UpdateReader(stash, PARTITION, job.spec()),
            () -> adapterEnd++,
            (update, fault) -> faults.add(
                    update.getManifest().getTrainer() + " " + fault.reason().id()));

    private final UpdateAccepted a = upload("a", "a");
    private final UpdateAccepted b = upload("b", "b");

    @Test
    void shouldReadOnlyWhatItLacks() {
        assertThat(add(List.of(a))).isTrue();
        assertThat(add(List.of(a, b))).isTrue();

        assertThat(added)
                .containsOnly(AttemptId.of(a.getManifest()), AttemptId.of(b.getManifest()))
                .hasSize(2 * chunks.size());
        assertThat(sum.updates()).isEqualTo(2);
        assertThat(sum.adapterStart()).as("asked once").isZero();
    }

    @Test
    void shouldStartOverWhenTheOrderIsAnother() {
        add(List.of(a, b));
        add(List.of(b, a));

        assertThat(added).hasSize(4 * chunks.size());
        assertThat(sum.adapterStart()).isEqualTo(1);
    }

    @Test
    void shouldStartOverOnceForgotten() {
        add(List.of(a));
        sum.forget();
        add(List.of(a));

        assertThat(added).hasSize(2 * chunks.size());
        assertThat(sum.result(1, 1)).hasSameSizeAs(chunks);
    }

    @Test
    void shouldBeVoidAfterAFault() {
        UpdateAccepted damaged = upload("c", "z");

        assertThat(add(List.of(a, damaged, b))).isFalse();
        assertThat(faults).containsExactly("c bad-digest");

        assertThat(add(List.of(a, b))).isTrue();
        assertThat(sum.updates()).isEqualTo(2);
        assertThat(sum.adapterStart()).isEqualTo(1);
    }

    private boolean add(List<UpdateAccepted> updates) {
        return sum.addAll(updates, chunks, new WeightedMean(), (attempt, chunk, values) -> added.add(attempt));
    }

    /** @param values whose values lie in the log */
    private UpdateAccepted upload(String trainer, String values) {
        List<TensorChunk> named = job.chunks(trainer, "at-" + trainer, 1, job.values(trainer, 1));
        List<TensorChunk> logged = job.chunks(trainer, "at-" + trainer, 1, job.values(values, 1));
        UpdateManifest manifest = UpdateManifest.newBuilder(job.manifest(trainer, "i-" + trainer, 1, named, 0))
                .setRanges(topics.append(logged))
                .build();
        return new UpdateAccepted(new DecisionHeader(0L, new Source("clock", -1L, null, -1L), 0L), 1, 1.0, manifest);
    }
}
