package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.DecisionHeader;
import io.rondo.log.PartFolded;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.Source;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fold whose job has a server optimizer restarts: what it reads back of the rounds before must be what was written. */
class FoldRestartTest {
    private static final int PARTITION = 1;
    private static final String MOMENTUM = "momentum";

    private final TestJob job = TestJob.create()
            .with(spec ->
                    spec.setRules(2).setRounds(3).setServerOptimizer("fedavgm").setServerMomentum(0.5));
    private final FakeRoundTopics topics = new FakeRoundTopics(TestJob.PARTITIONS);
    private final List<SpecificRecord> decisions = new ArrayList<>();
    private final List<SpecificRecord> parts = new ArrayList<>();
    /** The partition of global-adapter. */
    private final List<AdapterChunk> adapter = new ArrayList<>();

    private List<FoldResult> results = new ArrayList<>();
    private PartitionFold fold = newFold();
    private FoldResult.Folded live;

    @BeforeEach
    void foldThreeRounds() {
        decide(job.started(header()));
        for (int round = 0; round < 3; round++) {
            closeRound(round);
            live = (FoldResult.Folded) results.get(results.size() - 1);
            if (round < 2) {
                adapter.addAll(live.chunks());
                adapter.addAll(live.state());
                parts.add(live.part());
                decide(new RoundCompleted(header(), round, 1, Digests.of(), Digests.of(), Digests.of(), List.of()));
            }
        }
    }

    @Test
    void shouldFoldTheSameFromWhatItReadsBack() {
        restart();

        FoldResult.Folded again = (FoldResult.Folded) results.get(0);
        assertThat(again.chunks()).isEqualTo(live.chunks());
        assertThat(again.state()).isEqualTo(live.state()).isNotEmpty();
    }

    @Test
    void shouldRefuseAChunkWhoseValuesAreNotThoseOfItsDigest() {
        change(isOf(1, AdapterChunks.ADAPTER), chunk -> AdapterChunk.newBuilder(chunk)
                .setValues(flipped(chunk.getValues()))
                .build());

        assertRefused("(adapter) of round 1 in partition 1 of global-adapter has other values than its digest says");
    }

    @Test
    void shouldRefuseStateWhoseValuesAreNotThoseOfItsDigest() {
        change(isOf(1, MOMENTUM), chunk -> AdapterChunk.newBuilder(chunk)
                .setValues(flipped(chunk.getValues()))
                .build());

        assertRefused("(momentum) of round 1 in partition 1 of global-adapter has other values than its digest says");
    }

    @Test
    void shouldRefuseAChunkThatItsPartDoesNotVouchFor() {
        change(isOf(1, AdapterChunks.ADAPTER), FoldRestartTest::rewritten);

        assertRefused("has another digest than its part in the log says");
    }

    @Test
    void shouldRefuseStateThatItsPartDoesNotVouchFor() {
        change(isOf(1, MOMENTUM), FoldRestartTest::rewritten);

        assertRefused("has another digest than its part in the log says");
    }

    @Test
    void shouldNotBeKeptFromItsWorkByAPartThatTheCoordinatorPassedOver() {
        PartFolded sound = (PartFolded) parts.get(1);
        parts.add(
                0,
                PartFolded.newBuilder(sound)
                        .setStateDigests(sound.getStateDigests().stream()
                                .map(digest -> Digests.of(digest.bytes()))
                                .toList())
                        .build());

        restart();

        assertThat(((FoldResult.Folded) results.get(0)).chunks()).isEqualTo(live.chunks());
    }

    @Test
    void shouldSayWhichChunksAreNotThere() {
        adapter.removeIf(isOf(1, MOMENTUM));

        assertThatThrownBy(this::restart)
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.LOG_INCONSISTENT, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining("chunks (momentum) of round 1"));
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::restart)
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.ADAPTER_CORRUPT, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining(message));
    }

    private void restart() {
        results = new ArrayList<>();
        fold = newFold();
        decisions.forEach(fold::follow);
        parts.forEach(fold::reported);
        fold.work();
    }

    private PartitionFold newFold() {
        return new PartitionFold(
                PARTITION,
                Strategies::named,
                topics,
                (partition, from, sink) -> {
                    for (AdapterChunk chunk : adapter) {
                        if (!sink.accept(chunk)) {
                            return;
                        }
                    }
                },
                () -> 0L,
                result -> results.add(result));
    }

    private void closeRound(int round) {
        decide(job.opened(header(), round, List.of("a"), 1));
        List<TensorChunk> chunks = job.chunks("a", "at-" + round, round, job.values("a", round));
        UpdateManifest manifest = UpdateManifest.newBuilder(job.manifest("a", "i-a", round, chunks, 0))
                .setRanges(topics.append(chunks))
                .build();
        decide(new UpdateAccepted(header(), round, 1.0, manifest));
        decide(new RoundClosed(
                header(),
                round,
                1,
                "all",
                List.of(new CohortMember("a", "at-" + round, 1.0, 1L, manifest.getDigest(), -1.0, 1.0))));
    }

    private void decide(SpecificRecord decision) {
        decisions.add(decision);
        fold.follow(decision);
        fold.work();
    }

    private DecisionHeader header() {
        return new DecisionHeader((long) decisions.size(), new Source("clock", -1L, null, -1L), 0L);
    }

    private void change(Predicate<AdapterChunk> which, UnaryOperator<AdapterChunk> change) {
        AdapterChunk first = adapter.stream().filter(which).findFirst().orElseThrow();
        adapter.set(adapter.indexOf(first), change.apply(first));
    }

    private static Predicate<AdapterChunk> isOf(int round, String kind) {
        return chunk -> chunk.getRound() == round && chunk.getKind().equals(kind);
    }

    /** Another chunk that is sound by itself. */
    private static AdapterChunk rewritten(AdapterChunk chunk) {
        ByteBuffer values = flipped(chunk.getValues());
        return AdapterChunk.newBuilder(chunk)
                .setValues(values)
                .setDigest(Digests.of(values))
                .build();
    }

    private static ByteBuffer flipped(ByteBuffer values) {
        byte[] bytes = new byte[values.remaining()];
        values.duplicate().get(bytes);
        bytes[0] ^= 1;
        return ByteBuffer.wrap(bytes);
    }
}
