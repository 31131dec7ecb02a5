package io.rondo.inspect.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.rondo.cli.output.Json;
import io.rondo.log.DType;
import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class RoundHistoryTest {
    private final RoundHistory history = new RoundHistory();
    private final RoundLine line = new RoundLine(20);

    @Test
    void shouldTellARoundFromItsDecisions() {
        given(opened(1), accepted(1, "a", 0.5), accepted(1, "b", 0.7), rejected(1, "c", RejectionReason.LATE, false));
        given(closed(1), completed(1, 3500), evaluated(1, "a", 0.8), evaluated(1, "b", 0.6));

        RoundSummary round = history.round(1).orElseThrow();

        assertThat(round.status()).isEqualTo(RoundSummary.Status.PUBLISHED);
        assertThat(round.cohort()).hasSize(3);
        assertThat(round.accepted()).isEqualTo(2);
        assertThat(round.late()).isEqualTo(1);
        assertThat(round.rejected()).isZero();
        assertThat(round.bytes()).isEqualTo(2 * 400);
        assertThat(round.seconds().orElseThrow()).isEqualTo(2.5);
        assertThat(round.loss().orElseThrow()).isCloseTo(0.6, within(1e-12));
        assertThat(round.accuracy().orElseThrow()).isCloseTo(0.7, within(1e-12));
        assertThat(round.isEvaluated()).isFalse();
        assertThat(line.of(round))
                .isEqualTo("[round 1/20] 2 of 3 updates · cohort 3 · loss 0.600 · acc 0.700 · 2.5 s · 1 late"
                        + "  ┆ a 0.500/0.800  b 0.700/0.600");
    }

    @Test
    void shouldTakeARevokedUpdateOutAgain() {
        given(opened(1), accepted(1, "a", 0.5), accepted(1, "b", 0.7), closed(1));
        given(rejected(1, "b", RejectionReason.UNREADABLE, true));

        RoundSummary round = history.round(1).orElseThrow();

        assertThat(round.accepted()).isEqualTo(1);
        assertThat(round.rejected()).isEqualTo(1);
        assertThat(round.loss().orElseThrow()).isEqualTo(0.5);
    }

    @Test
    void shouldNotCallALateUpdateRejectedThatCountsElsewhere() {
        given(opened(1), accepted(1, "a", 0.5), closed(1), accepted(2, "b", 0.7));
        given(rejected(2, "b", RejectionReason.SUPERSEDED, true), accepted(1, "b", 0.7), opened(2));

        assertThat(history.round(1).orElseThrow().accepted()).isEqualTo(2);
        RoundSummary next = history.round(2).orElseThrow();
        assertThat(next.accepted()).isZero();
        assertThat(next.rejected()).isZero();
    }

    @Test
    void shouldPointTheArrowWhereTheLossWent() {
        given(opened(1), accepted(1, "a", 0.5), opened(2), accepted(2, "a", 0.4), opened(3), accepted(3, "a", 0.45));

        assertThat(history.rounds())
                .extracting(line::of)
                .satisfiesExactly(
                        first -> assertThat(first).contains("loss 0.500  ┆"),
                        second -> assertThat(second).contains("loss 0.400 ↓"),
                        third -> assertThat(third).contains("loss 0.450 ↑"));
    }

    @Test
    void shouldKnowTheEndOfTheJob() {
        assertThat(history.isFinished()).isFalse();

        given(new JobFinished(header(0), "uuid", ""));

        assertThat(history.isFinished()).isTrue();
    }

    @Test
    void shouldListARoundThatIsOpenWithoutWhatIsNotKnown() throws Exception {
        given(opened(1));

        RoundTable table = new RoundTable(history.rounds());

        assertThat(table.text().lines().toList().get(1)).startsWith("1        open       3         0");
        assertThat(json(table.json()))
                .isEqualTo(
                        "[{\"round\":1,\"status\":\"open\",\"cohort\":[\"a\",\"b\",\"c\"],\"accepted\":0,\"late\":0,"
                                + "\"rejected\":0,\"bytes\":0,\"seconds\":null,\"loss\":null,\"accuracy\":null,\"digest\":null}]");
    }

    @Test
    void shouldSayWhatAJobWaitsFor() throws Exception {
        assertThat(json(new RoundWait.ForUpdates(7, 1, 3, 2, List.of("b", "c"), 1_700_000_000_000L).json()))
                .isEqualTo("{\"for\":\"updates\",\"round\":7,\"updates\":1,\"quorum\":2,\"trainers\":[\"b\",\"c\"],"
                        + "\"until\":\"2023-11-14T22:13:20Z\"}");
        assertThat(json(new RoundWait.ForTrainers(7, List.of("a"), 2).json()))
                .isEqualTo("{\"for\":\"trainers\",\"round\":7,\"trainers\":[\"a\"],\"needed\":2}");
        assertThat(json(new RoundWait.ForAnOperator("").json())).isEqualTo("{\"for\":\"operator\",\"reason\":\"\"}");
    }

    private static String json(Object result) throws JsonProcessingException {
        return Json.MAPPER.writeValueAsString(result);
    }

    private void given(SpecificRecord... decisions) {
        List.of(decisions).forEach(history::apply);
    }

    private static DecisionHeader header(long decidedAt) {
        return DecisionHeader.newBuilder()
                .setSequence(0)
                .setSource(new Source("manifests", 0L, null, -1L))
                .setDecidedAt(decidedAt)
                .build();
    }

    private static RoundOpened opened(int round) {
        return RoundOpened.newBuilder()
                .setHeader(header(1000))
                .setJobUuid("uuid")
                .setRound(round)
                .setBaseRound(round - 1)
                .setCohort(List.of("a", "b", "c"))
                .setQuorum(2)
                .setOpenedAt(1000)
                .setDeadline(2000)
                .setElements(100)
                .setChunks(1)
                .build();
    }

    private static UpdateAccepted accepted(int round, String trainer, double loss) {
        UpdateManifest manifest = UpdateManifest.newBuilder()
                .setJobUuid("uuid")
                .setRound(round)
                .setBaseRound(round - 1)
                .setTrainer(trainer)
                .setIncarnation("i")
                .setAttempt("t")
                .setNumExamples(10)
                .setDtype(DType.F32)
                .setElements(100)
                .setRanges(List.of())
                .setChunkDigests(List.of())
                .setDigest(new Sha256(new byte[32]))
                .setMetrics(Map.of("loss", loss))
                .build();
        return new UpdateAccepted(header(1500), round, 10.0, manifest);
    }

    private static UpdateRejected rejected(int round, String trainer, RejectionReason reason, boolean revoked) {
        return UpdateRejected.newBuilder()
                .setHeader(header(1600))
                .setRound(round)
                .setTrainer(trainer)
                .setIncarnation("i")
                .setAttempt("t")
                .setReason(reason.id())
                .setDetail("detail")
                .setRevoked(revoked)
                .build();
    }

    private static RoundClosed closed(int round) {
        return new RoundClosed(header(2000), round, 1, "all", List.of());
    }

    private static RoundCompleted completed(int round, long at) {
        Sha256 digest = new Sha256(new byte[32]);
        return new RoundCompleted(header(at), round, 1, digest, digest, digest, List.of());
    }

    private static EvaluationRecorded evaluated(int round, String trainer, double accuracy) {
        return new EvaluationRecorded(header(4000), round, trainer, Map.of("test/accuracy", accuracy));
    }
}
