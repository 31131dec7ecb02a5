package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.ChunkDigest;
import io.rondo.log.CohortMember;
import io.rondo.log.DecisionHeader;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.RoundClosed;
import io.rondo.log.Source;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartNotesTest {
    private final TestJob job = TestJob.create().with(spec -> spec.setClip(1));
    private final JobState state = new JobState();
    private final PartNotes notes = new PartNotes(state);

    @BeforeEach
    void closeRoundOne() {
        apply(job.started(header()));
        apply(job.opened(header(), 1, List.of("a"), 1));
        UpdateManifest manifest = job.manifest("a", "i-a", 1);
        apply(new UpdateAccepted(header(), 1, 1.0, manifest));
        apply(new RoundClosed(
                header(),
                1,
                1,
                "all",
                List.of(new CohortMember("a", manifest.getAttempt(), 1.0, 1L, manifest.getDigest(), -1.0, 1.0))));
    }

    @Test
    void shouldNoteWhatTheClosedRoundWaitsFor() {
        assertThat(notes.note(measured(1, List.of(0.5)))).isEmpty();
        assertThat(notes.note(folded(1, 2))).isEmpty();

        assertThat(closed().measured()).containsOnlyKeys(0);
        assertThat(closed().parts()).containsOnlyKeys(2);
    }

    @Test
    void shouldKeepTheFirstOfAPartition() {
        notes.note(measured(1, List.of(0.5)));
        notes.note(measured(1, List.of(0.7)));

        assertThat(closed().measured().get(0).getProducts()).containsExactly(0.5);
    }

    @Test
    void shouldPassOverAnotherRevisionAndWhatIsNoPart() {
        assertThat(notes.note(measured(2, List.of(0.5)))).isEmpty();
        assertThat(notes.note(folded(2, 2))).isEmpty();
        assertThat(notes.note(job.joined("a", "i-a"))).isEmpty();

        assertThat(closed().measured()).isEmpty();
        assertThat(closed().parts()).isEmpty();
    }

    @Test
    void shouldSayWhatIsWrongWithAPartThatItWaitsFor() {
        assertThat(notes.note(measured(1, List.of(0.5, 0.6))))
                .hasValueSatisfying(refusal -> assertThat(refusal.detail()).isEqualTo("part 0 has other numbers"));
        PartFolded lacking =
                PartFolded.newBuilder(folded(1, 2)).setChunks(List.of()).build();
        assertThat(notes.note(lacking))
                .hasValueSatisfying(refusal -> assertThat(refusal.detail()).isEqualTo("part 2 has other chunks"));

        assertThat(closed().measured()).isEmpty();
        assertThat(closed().parts()).isEmpty();
    }

    private RoundPhase.Closed closed() {
        return (RoundPhase.Closed) state.phase();
    }

    private static PartMeasured measured(int revision, List<Double> products) {
        return new PartMeasured(1, revision, 0, products, 0L);
    }

    private PartFolded folded(int revision, int partition) {
        List<ChunkDigest> chunks = job.flat(1).chunksOf(partition).stream()
                .map(FlatLayout.Chunk::ordinal)
                .map(ordinal -> new ChunkDigest(ordinal, Digests.of()))
                .toList();
        return new PartFolded(1, revision, partition, chunks, 0L, 1, 0L, Map.of(), List.of());
    }

    private void apply(SpecificRecord decision) {
        state.apply(decision, Digests.of());
    }

    private DecisionHeader header() {
        return new DecisionHeader(state.nextSequence(), new Source("clock", -1L, null, -1L), 0L);
    }
}
