package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.DecisionHeader;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.Source;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldReportsTest {
    private static final int PARTITION = 2;

    private final List<FoldResult> results = new ArrayList<>();
    private final FoldReports reports = new FoldReports(PARTITION, results::add);
    private final DecidedRound round = new DecidedRound();

    @Test
    void shouldKnowWhatItHasReported() {
        assertThat(reports.isFolded(1, 1)).isFalse();
        assertThat(reports.isMeasured(1, 1)).isFalse();

        reports.measured(1, 1, List.of(0.5), 8);
        reports.folded(new ServerStep.Result(List.of(), List.of()), folded(PARTITION));

        assertThat(reports.isMeasured(1, 1)).isTrue();
        assertThat(reports.isMeasured(1, 2)).isFalse();
        assertThat(reports.isFolded(1, 1)).isTrue();
        assertThat(reports.isFolded(1, 2)).isFalse();
        assertThat(results).extracting(FoldResult::part).containsExactly(measured(PARTITION), folded(PARTITION));
    }

    @Test
    void shouldKnowWhatWasReportedBeforeARestart() {
        reports.restored(measured(PARTITION), round);
        reports.restored(folded(PARTITION), round);

        assertThat(reports.isMeasured(1, 1)).isTrue();
        assertThat(reports.isFolded(1, 1)).isTrue();
        assertThat(results).isEmpty();
    }

    @Test
    void shouldPassOverWhatOtherPartitionsReported() {
        reports.restored(measured(0), round);
        reports.restored(folded(0), round);

        assertThat(reports.isMeasured(1, 1)).isFalse();
        assertThat(reports.isFolded(1, 1)).isFalse();
    }

    @Test
    void shouldLeaveOutAnUpdateThatWasRefusedBeforeARestart() {
        UpdateManifest manifest = TestJob.create().manifest("a", "i-a", 1);
        round.open(1);
        round.accept(
                new UpdateAccepted(new DecisionHeader(0L, new Source("clock", -1L, null, -1L), 0L), 1, 1.0, manifest));

        reports.restored(refused(0, 1, manifest), round);
        reports.restored(refused(PARTITION, 0, manifest), round);
        assertThat(round.wanted().orElseThrow()).hasSize(1);

        reports.restored(refused(PARTITION, 1, manifest), round);
        assertThat(round.wanted().orElseThrow()).isEmpty();
    }

    @Test
    void shouldNameTheFaultOfAnUpdate() {
        UpdateManifest manifest = TestJob.create().manifest("a", "i-a", 1);

        reports.refused(1, manifest, new UpdateReader.Fault(RejectionReason.BAD_DIGEST, "chunk 4"));

        assertThat(results)
                .containsExactly(new FoldResult.Refused(
                        new PartRefused(1, PARTITION, "a", manifest.getAttempt(), "bad-digest", "chunk 4")));
    }

    private static PartRefused refused(int partition, int round, UpdateManifest manifest) {
        return new PartRefused(round, partition, manifest.getTrainer(), manifest.getAttempt(), "bad-digest", "");
    }

    private static PartMeasured measured(int partition) {
        return new PartMeasured(1, 1, partition, List.of(0.5), 8L);
    }

    private static PartFolded folded(int partition) {
        return new PartFolded(1, 1, partition, List.of(), 0L, 1, 4L, Map.of(), List.of());
    }
}
