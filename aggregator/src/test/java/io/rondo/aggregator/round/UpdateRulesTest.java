package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.DType;
import io.rondo.log.OffsetRange;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.tensor.Digests;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UpdateRulesTest {
    private static final TestJob JOB = TestJob.create();

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("wrong-job", update -> update.setJobUuid("another")),
                fault("bad-trainer", update -> update.setTrainer("A.b")),
                fault("bad-attempt", update -> update.setAttempt("")),
                fault("bad-attempt", update -> update.setAttempt("x".repeat(65))),
                fault("not-admitted", update -> update.setTrainer("unknown")),
                fault("not-admitted", update -> update.setIncarnation("never-joined")),
                fault("wrong-round", update -> update.setRound(2)),
                fault("wrong-round", update -> update.setRound(-1)),
                fault("late", update -> update.setRound(0)),
                fault("wrong-base-round", update -> update.setBaseRound(-1)),
                fault("wrong-shape", update -> update.setElements(update.getElements() + 1)),
                fault(
                        "wrong-shape",
                        update ->
                                update.setChunkDigests(update.getChunkDigests().subList(1, 5))),
                fault("wrong-dtype", update -> update.setDtype(DType.BF16)),
                fault("wrong-dtype", update -> update.setDtype(DType.UNKNOWN)),
                fault("bad-digest", update -> update.setDigest(Digests.of(new byte[0]))),
                fault("bad-weight", update -> update.setNumExamples(0)),
                fault("bad-weight", update -> update.setNumExamples(Long.MAX_VALUE)),
                fault(
                        "bad-metrics",
                        update -> update.setMetrics(
                                IntStream.range(0, 65).boxed().collect(Collectors.toMap(i -> "metric" + i, i -> 0.0)))),
                fault("bad-ranges", update -> update.setRanges(List.of())),
                fault("bad-ranges", update -> withFirstRange(update, new OffsetRange(1, 0L, 10L))),
                fault("bad-ranges", update -> withFirstRange(update, new OffsetRange(0, -1L, 10L))),
                fault("bad-ranges", update -> withFirstRange(update, new OffsetRange(0, 5L, 6L))),
                fault("bad-ranges", update -> withFirstRange(update, new OffsetRange(0, 0L, Long.MAX_VALUE))));
    }

    private static Arguments fault(String reason, UnaryOperator<UpdateManifest.Builder> change) {
        return Arguments.of(reason, change);
    }

    private static UpdateManifest.Builder withFirstRange(UpdateManifest.Builder update, OffsetRange range) {
        return update.setRanges(
                Stream.concat(Stream.of(range), update.getRanges().stream().skip(1))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("faults")
    void shouldRefuseByTheManifest(String reason, UnaryOperator<UpdateManifest.Builder> change) {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(JOB, "a", "b", "c");
        UpdateManifest sound = JOB.manifest("a", "i-a", 1);

        harness.manifest(change.apply(UpdateManifest.newBuilder(sound)).build());

        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo(reason);
        assertThat(harness.last(UpdateRejected.class).getRevoked()).isFalse();
        harness.manifest(sound);
        assertThat(harness.last(UpdateAccepted.class).getManifest()).isEqualTo(sound);
    }

    @Test
    void shouldRefuseAnUpdateAppendedAfterTheDeadline() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(JOB, "a", "b", "c");
        harness.now = harness.open().getDeadline();
        harness.update("a", 1);
        harness.now++;

        harness.update("b", 1);

        assertThat(harness.last(UpdateAccepted.class).getManifest().getTrainer())
                .isEqualTo("a");
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("late");
        assertThat(harness.last(UpdateRejected.class).getDetail()).contains("1 ms after");
    }

    @Test
    void shouldRefuseASecondUpdateOfATrainerAndOneNotInTheCohort() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(JOB, "a", "b", "c");
        harness.manifest(JOB.joined("later", "i-later"));
        harness.update("a", 1);

        harness.update("a", 1);
        harness.update("later", 1);

        assertThat(harness.all(UpdateRejected.class))
                .extracting(UpdateRejected::getReason)
                .containsExactly("duplicate", "not-in-cohort");
    }

    @Test
    void shouldNotCopyEndlessTextIntoTheLog() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(JOB, "a", "b", "c");

        harness.manifest(UpdateManifest.newBuilder(JOB.manifest("a", "i-a", 1))
                .setAttempt("x".repeat(100_000))
                .build());

        assertThat(harness.last(UpdateRejected.class).getAttempt()).hasSizeLessThan(400);
        assertThat(harness.last(UpdateRejected.class).getDetail()).hasSizeLessThan(400);
    }
}
