package io.rondo.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.DecisionHeader;
import io.rondo.log.InputRefused;
import io.rondo.log.JobFinished;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.Source;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.tensor.Digests;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobMetricsTest {
    private final TestJob job = TestJob.create();
    private final Metrics metrics = new Metrics("test");
    private final JobMetrics told = new JobMetrics(metrics.registry(), TestJob.NAME);

    @BeforeEach
    void openRoundOne() {
        JobSubmitted submitted = job.submitted();
        told.apply(new JobStarted(
                at(0),
                submitted.getJobUuid(),
                submitted.getSpec(),
                submitted.getLayout(),
                submitted.getLayoutDigest(),
                null,
                null));
        for (String trainer : List.of("a", "b", "c")) {
            told.apply(new TrainerAdmitted(at(0), trainer, "i-" + trainer, null, ""));
        }
        told.apply(opened(1));
    }

    @Test
    void shouldTellTheOpenRound() {
        accept("a", 1, 1);

        assertThat(value("rondo_round_open")).isEqualTo(1);
        assertThat(value("rondo_round_updates")).isEqualTo(1);
        assertThat(value("rondo_round_quorum")).isEqualTo(2);
        assertThat(value("rondo_round_awaited")).isEqualTo(2);
        assertThat(value("rondo_round_deadline_timestamp_seconds")).isEqualTo(5);
        assertThat(value("rondo_trainers_admitted")).isEqualTo(3);
        assertThat(value("rondo_updates_accepted_total")).isEqualTo(1);
        assertThat(value("rondo_updates_bytes_total")).isEqualTo(job.flat(1).elements() * 4.0);
        told.apply(new TrainerRemoved(at(0), "c", "i-c", "left"));
        assertThat(value("rondo_round_awaited"))
                .as("nobody waits for one that left")
                .isEqualTo(1);
    }

    @Test
    void shouldTellThePublishedRound() {
        accept("a", 1, 1);
        accept("b", 1, 1);
        told.apply(new RoundClosed(at(2_000), 1, 1, "deadline", List.of()));
        told.apply(new RoundCompleted(at(2_250), 1, 1, Digests.of(), Digests.of(), Digests.of(), List.of()));

        assertThat(value("rondo_round_open")).isEqualTo(-1);
        assertThat(value("rondo_round_published")).isEqualTo(1);
        assertThat(value("rondo_round_awaited")).isZero();
        assertThat(value("rondo_rounds_published_total")).isEqualTo(1);
        assertThat(value("rondo_round_duration_seconds_sum")).isEqualTo(2.25);
        assertThat(value("rondo_publish_duration_seconds_sum")).isEqualTo(0.25);
    }

    @Test
    void shouldCountWhatDidNotCountByReason() {
        accept("a", 1, 1);
        told.apply(new UpdateRejected(at(0), 1, "a", "i-a", "a-attempt-1", "bad-digest", "", true));
        told.apply(new UpdateRejected(at(0), 1, "b", "i-b", "x", "late", "", false));
        told.apply(new UpdateRejected(at(0), 1, "b", "i-b", "y", "made up by somebody", "", false));
        told.apply(InputRefused.newBuilder()
                .setHeader(at(0))
                .setReason("unreadable")
                .setDetail("")
                .build());
        told.apply(InputRefused.newBuilder()
                .setHeader(at(0))
                .setReason("unreadable")
                .setDetail("")
                .setRecords(41)
                .setFirstOffset(7)
                .build());

        assertThat(value("rondo_round_updates")).isZero();
        assertThat(value("rondo_updates_revoked_total{job=\"test\",reason=\"bad-digest\"}"))
                .isEqualTo(1);
        assertThat(value("rondo_updates_rejected_total{job=\"test\",reason=\"late\"}"))
                .isEqualTo(1);
        assertThat(value("rondo_updates_rejected_total{job=\"test\",reason=\"other\"}"))
                .isEqualTo(1);
        assertThat(value("rondo_inputs_refused_total{job=\"test\",reason=\"unreadable\"}"))
                .isEqualTo(42);
    }

    @Test
    void shouldTellThatARoundGoesOnOrFails() {
        told.apply(new RoundExtended(at(5_001), 1, 10_001L, 0, List.of("a", "b", "c"), 1));
        assertThat(value("rondo_rounds_extended_total")).isEqualTo(1);
        assertThat(value("rondo_round_deadline_timestamp_seconds")).isEqualTo(10.001);

        told.apply(new RoundFailed(at(10_002), 1, "no-quorum", ""));
        assertThat(value("rondo_rounds_failed_total")).isEqualTo(1);
        assertThat(value("rondo_round_open")).isEqualTo(-1);
    }

    @Test
    void shouldCountALateUpdateInTheRoundThatOpensNext() {
        told.apply(new RoundClosed(at(5_001), 1, 1, "deadline", List.of()));
        accept("c", 1, 2);
        told.apply(opened(2));

        assertThat(value("rondo_updates_late_total")).isEqualTo(1);
        assertThat(value("rondo_round_updates")).isEqualTo(1);
    }

    @Test
    void shouldTellTheStateOfTheJob() {
        assertThat(value("rondo_job_running")).isEqualTo(1);
        told.apply(new JobPaused(at(0), TestJob.UUID, ""));
        assertThat(value("rondo_job_running")).isZero();
        assertThat(value("rondo_job_paused")).isEqualTo(1);
        told.apply(new JobResumed(at(0), TestJob.UUID, ""));
        told.apply(new JobFinished(at(0), TestJob.UUID, ""));
        assertThat(value("rondo_job_running")).isZero();
    }

    private void accept(String trainer, int round, int countsIn) {
        told.apply(new UpdateAccepted(at(0), countsIn, 1.0, job.manifest(trainer, "i-" + trainer, round)));
    }

    private RoundOpened opened(int round) {
        return new RoundOpened(
                at(0),
                TestJob.UUID,
                round,
                round - 1,
                List.of("a", "b", "c"),
                2,
                0L,
                5_000L,
                (long) job.flat(round).elements(),
                job.flat(round).chunks(),
                null);
    }

    private static DecisionHeader at(long millis) {
        return new DecisionHeader(0L, new Source("clock", -1L, null, -1L), millis);
    }

    /** The value of the only sample that begins so. */
    private double value(String sample) {
        List<String> lines = metrics.scrape()
                .lines()
                .filter(line -> line.startsWith(sample.endsWith("}") ? sample + ' ' : sample + '{'))
                .toList();
        assertThat(lines).as(sample).hasSize(1);
        return Double.parseDouble(lines.get(0).substring(lines.get(0).lastIndexOf(' ')));
    }
}
