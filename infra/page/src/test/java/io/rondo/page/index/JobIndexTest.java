package io.rondo.page.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.archive.ArchiveJobLog;
import io.rondo.aggregator.log.JobLog;
import io.rondo.inspect.rounds.RoundHistory;
import io.rondo.inspect.rounds.RoundSummary;
import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import io.rondo.log.Source;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.page.KeptArchives;
import io.rondo.schemas.tensor.Digests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobIndexTest {
    private static final Offset<Double> FLOAT = Offset.offset(1e-6);

    private final TestJob job = TestJob.create();
    private final JobIndex index = new JobIndex("test");
    private long offset;

    @TempDir
    private Path directory;

    static Stream<String> logs() throws IOException {
        return KeptArchives.names().stream();
    }

    /** The table of {@code rondo rounds} is the slow twin: it keeps every record. */
    @ParameterizedTest
    @MethodSource("logs")
    void shouldTellOfARealLogWhatTheTableTells(String name) throws IOException {
        RoundHistory table = new RoundHistory();
        try (JobLog log = new ArchiveJobLog(KeptArchives.open(name, directory))) {
            String topic = log.topics().decisions().name();
            log.history().read(topic, 0, 0, entry -> {
                SpecificRecord decision = log.codec().require(topic, entry.value(), SpecificRecord.class);
                table.apply(decision);
                index.apply(entry.offset(), entry.value().length, decision);
            });
        }

        List<Views.RoundRow> rows = index.rounds(0, 1_000).rows();
        assertThat(rows).hasSameSizeAs(table.rounds()).isNotEmpty();
        for (int i = 0; i < rows.size(); i++) {
            RoundSummary expected = table.rounds().get(i);
            Views.RoundRow row = rows.get(i);
            assertThat(row.round()).isEqualTo(expected.round());
            assertThat(row.status()).isEqualTo(expected.status().name().toLowerCase(Locale.ROOT));
            assertThat(row.accepted()).as("accepted").isEqualTo(expected.accepted());
            assertThat(row.late()).as("late").isEqualTo(expected.late());
            assertThat(row.rejected()).as("rejected").isEqualTo(expected.rejected());
            assertThat(row.bytes()).as("bytes").isEqualTo(expected.bytes());
            assertThat(row.digest()).isEqualTo(expected.digest().orElse(""));
            same(row.loss(), expected.loss());
            same(row.accuracy(), expected.accuracy());
        }
        assertThat(index.overview().waiting())
                .isEqualTo(table.waiting().map(waiting -> waiting.json()).orElse(null));
    }

    private static void same(Double one, OptionalDouble other) {
        if (other.isEmpty()) {
            assertThat(one).isNull();
        } else {
            assertThat(one).isCloseTo(other.getAsDouble(), FLOAT);
        }
    }

    @Test
    void shouldTellWhatBecameOfEachTrainer() {
        start("a", "b", "c", "d");
        apply(opened(1, "a", "b", "c", "d"));
        apply(new UpdateAccepted(at(100), 1, 1.0, job.manifest("a", "i-a", 1)));
        apply(new UpdateAccepted(at(200), 1, 1.0, job.manifest("b", "i-b", 1)));
        apply(new UpdateRejected(at(300), 1, "c", "i-c", "x", "wrong-layout", "", false));

        assertThat(verdicts(1)).containsExactly("accepted", "accepted", "rejected", "awaited");
        assertThat(index.overview().waiting().trainers()).containsExactly("c", "d");

        apply(new UpdateRejected(at(400), 1, "b", "i-b", "b-attempt-1", "bad-digest", "", true));
        apply(new TrainerRemoved(at(450), "d", "i-d", "left"));
        assertThat(verdicts(1)).containsExactly("accepted", "revoked", "rejected", "missed");
        assertThat(index.round(1).orElseThrow().bytes()).isEqualTo(job.flat(1).elements() * 4L);

        apply(new RoundClosed(at(500), 1, 1, "deadline", List.of()));
        apply(new RoundCompleted(at(600), 1, 1, Digests.of(), Digests.of(), Digests.of(), List.of()));
        apply(new UpdateAccepted(at(700), 2, 0.5, job.manifest("b", "i-b", 1)));
        apply(opened(2, "a", "b", "c"));
        assertThat(verdicts(2)).containsExactly("awaited", "late-counts", "awaited", null);
        assertThat(index.grid(2, 1, 1, 1).rounds().get(0).cells().get(0).of()).isEqualTo(1);
    }

    @Test
    void shouldKeepWhatCountsThoughAnotherAttemptIsRefused() {
        start("a");
        apply(opened(1, "a"));
        apply(new UpdateAccepted(at(100), 1, 1.0, job.manifest("a", "i-a", 1)));
        apply(new UpdateRejected(at(200), 1, "a", "i-a", "y", "duplicate", "", false));

        assertThat(verdicts(1)).containsExactly("accepted");
        assertThat(index.round(1).orElseThrow().rejected()).isEqualTo(1);
    }

    @Test
    void shouldGiveUpTheCellsOfTheOldestRounds() {
        String[] trainers =
                Stream.iterate(0, i -> i + 1).limit(1_000).map(i -> "t" + i).toArray(String[]::new);
        start(trainers);
        for (int round = 1; round <= 450; round++) {
            apply(opened(round, trainers));
            apply(new UpdateRejected(at(1), round, "t999", "i", "x", "late", "", false));
        }

        assertThat(index.overview().forgottenBefore()).isEqualTo(51);
        assertThat(index.grid(50, 1, 0, 1).rounds().get(0).forgotten()).isTrue();
        assertThat(index.grid(51, 1, 0, 1).rounds().get(0).forgotten()).isFalse();
        assertThat(index.round(1).orElseThrow().late()).as("the row stays").isEqualTo(1);
    }

    @Test
    void shouldTellExactMatchInPlaceOfAccuracyWhereAModelAnswersProblems() {
        start("a", "b");
        apply(opened(1, "a", "b"));
        apply(new RoundCompleted(at(600), 1, 1, Digests.of(), Digests.of(), Digests.of(), List.of()));
        assertThat(index.scoreName()).isEqualTo("accuracy");
        apply(evaluated("a", Map.of("test/loss", 1.0, "test/exact-match", 0.25)));
        apply(evaluated("b", Map.of("test/loss", 1.0, "test/exact-match", 0.75)));

        assertThat(index.scoreName()).isEqualTo("exact match");
        assertThat(index.overview()).returns(0.5, Views.Overview::exactMatch).returns(null, Views.Overview::accuracy);
        assertThat(index.round(1).orElseThrow())
                .returns(0.5, Views.RoundRow::exactMatch)
                .returns(null, Views.RoundRow::accuracy);
        assertThat(index.trainers(1, 1).rows().get(0))
                .returns(0.75, Views.TrainerRow::exactMatch)
                .returns(null, Views.TrainerRow::accuracy);
        assertThat(index.grid(1, 1, 0, 1).rounds().get(0).cells().get(0))
                .returns(0.25, Views.GridCell::exactMatch)
                .returns(null, Views.GridCell::accuracy);
        assertThat(index.series(Measure.SCORE, "b", new int[] {1}).orElseThrow().values())
                .containsExactly(0.75);
    }

    private static EvaluationRecorded evaluated(String trainer, Map<String, Double> metrics) {
        return new EvaluationRecorded(at(700), 1, trainer, new HashMap<>(metrics));
    }

    @Test
    void shouldBoundTheTextsOfOthers() {
        start("a");
        apply(new TrainerAdmitted(at(0), "a", "i-b", null, "x".repeat(10_000)));
        apply(opened(1, "a"));
        for (int i = 0; i < 1_000; i++) {
            apply(new UpdateRejected(at(1), 1, "a", "i-a", "x", "reason " + i + "y".repeat(1_000), "", false));
        }

        assertThat(index.trainers(0, 1).rows().get(0).software()).hasSize(200);
        assertThat(index.grid(1, 1, 0, 1).rounds().get(0).cells().get(0).reason())
                .isEqualTo("other");
    }

    private void start(String... trainers) {
        JobSubmitted submitted = job.submitted();
        apply(new JobStarted(
                at(0),
                submitted.getJobUuid(),
                submitted.getSpec(),
                submitted.getLayout(),
                submitted.getLayoutDigest(),
                null,
                null));
        for (String trainer : trainers) {
            apply(new TrainerAdmitted(at(0), trainer, "i-" + trainer, null, ""));
        }
        index.caughtUp();
    }

    private RoundOpened opened(int round, String... cohort) {
        return RoundOpened.newBuilder()
                .setHeader(at(0))
                .setJobUuid(TestJob.UUID)
                .setRound(round)
                .setBaseRound(round - 1)
                .setCohort(List.of(cohort))
                .setQuorum(1)
                .setOpenedAt(0)
                .setDeadline(5_000)
                .setElements(10)
                .setChunks(1)
                .build();
    }

    private void apply(SpecificRecord decision) {
        index.apply(offset++, 100, decision);
    }

    private List<String> verdicts(int round) {
        return index.grid(round, 1, 0, 10).rounds().get(0).cells().stream()
                .map(cell -> cell == null ? null : cell.verdict())
                .toList();
    }

    private static DecisionHeader at(long milliseconds) {
        return new DecisionHeader(
                0L, Source.newBuilder().setTopic("clock").setOffset(-1).build(), milliseconds);
    }
}
