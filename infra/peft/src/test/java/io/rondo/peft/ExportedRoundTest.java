package io.rondo.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.cli.job.JobFile;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.runtime.FederatedJob;
import io.rondo.trainer.runtime.state.TrainerState;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExportedRoundTest {
    private static final TensorShape A = new TensorShape("a", TensorRole.LORA_A, 1, 2);
    private static final TensorShape B = new TensorShape("b", TensorRole.LORA_B, 2, 1);
    private static final TensorShape HEAD = new TensorShape("head", TensorRole.HEAD, 2);
    private static final AdapterLayout LAYOUT = new AdapterLayout(List.of(A, B, HEAD));
    private static final int ROUND = 3;

    @Test
    void shouldTakeTheSharedFactorFromTheLogAndTheRestFromTheTrainer() {
        ExportedRound round = round("fedsa", "local");

        assertThat(round.ofTrainer("site-1", state("site-1", ROUND))).containsExactly(global(A), own(B), own(HEAD));
        assertThat(round.ofTrainer("site-1", state("site-1", ROUND - 1))).hasSize(3);
    }

    @Test
    void shouldTakeAllFromTheTrainerWhereNothingIsShared() {
        assertThat(round("local", "local").ofTrainer("site-1", state("site-1", ROUND)))
                .containsExactly(own(A), own(B), own(HEAD));
    }

    @Test
    void shouldRefuseAStateThatHasGoneOnOrIsAnotherTrainers() {
        ExportedRound round = round("fedsa", "local");

        assertRefused(
                ErrorCode.NO_SUCH_ADAPTER, "round 4", () -> round.ofTrainer("site-1", state("site-1", ROUND + 1)));
        assertRefused(
                ErrorCode.DIRECTORY_OF_ANOTHER_JOB, "site-2", () -> round.ofTrainer("site-1", state("site-2", ROUND)));
    }

    @ParameterizedTest
    @CsvSource({"fedit", "ffa", "rolora"})
    void shouldHaveAGlobalAdapterWhereBothFactorsAreShared(String method) {
        assertThat(round(method, "local").global()).containsExactly(global(A), global(B));
        assertThat(round(method, "shared").global()).containsExactly(global(A), global(B), global(HEAD));
    }

    @ParameterizedTest
    @CsvSource({"fedsa, lora-b", "fed-alora, lora-a", "local, lora-a"})
    void shouldHaveNoneWhereAFactorStaysAtTheTrainers(String method, String factor) {
        assertRefused(
                ErrorCode.NO_SUCH_ADAPTER, factor, () -> round(method, "local").global());
    }

    @Test
    void shouldTakeTheMeanOfWhatTrainersGave() {
        assertThat(round("fedsa", "local").ofGiven(List.of(given("1", 1, 2), given("2", 2, 5))))
                .containsExactly(global(A), new Tensor(B.name(), B.shape(), new float[] {1.5f, 3.5f}));
    }

    @Test
    void shouldRefuseWhatIsOfAnotherRoundOrGivenTwice() {
        ExportedRound round = round("fedsa", "local");
        GivenAdapter old = new GivenAdapter("old", List.of(own(A), own(B), own(HEAD)));

        assertRefused(ErrorCode.NO_SUCH_ADAPTER, "old is not of round 3", () -> round.ofGiven(List.of(old)));
        assertRefused(
                ErrorCode.NO_SUCH_ADAPTER,
                "2 holds the same adapter",
                () -> round.ofGiven(List.of(given("1", 1, 2), given("2", 1, 2))));
    }

    @Test
    void shouldRefuseAMeanWhereTrainersShareNoFactor() {
        assertRefused(ErrorCode.NO_SUCH_ADAPTER, "share no factor", () -> round("local", "local")
                .ofGiven(List.of(given("1", 1, 2))));
    }

    private static GivenAdapter given(String source, float... b) {
        return new GivenAdapter(source, List.of(global(A), new Tensor(B.name(), B.shape(), b), own(HEAD)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fedsa", "fedit", "ffa", "rolora"})
    void shouldStartWarmFromTheSharedAWithoutEffect(String method) {
        assertThat(round(method, "local").warmStart())
                .containsExactly(global(A), new Tensor(B.name(), B.shape(), new float[2]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fed-alora", "local"})
    void shouldNotStartWarmFromAnAThatIsEachTrainersOwn(String method) {
        assertRefused(ErrorCode.NO_SUCH_ADAPTER, "lora-a", () -> round(method, "local")
                .warmStart());
    }

    private static ExportedRound round(String method, String head) {
        FederatedJob job = job(method, head);
        RoundPublished published = RoundPublished.newBuilder()
                .setJobUuid("uuid")
                .setRound(ROUND)
                .setRevision(1)
                .setBaseRound(ROUND - 1)
                .setMembers(List.of())
                .setElements(0)
                .setChunkDigests(List.of())
                .setDigest(new Sha256(new byte[32]))
                .setTensors(List.of())
                .setStartOffsets(List.of())
                .setOpenedAt(0)
                .setClosedAt(0)
                .setFirstSequence(0)
                .setLastSequence(0)
                .setChain(new Sha256(new byte[32]))
                .build();
        return new ExportedRound(job, published, List.of(global(A), global(B), global(HEAD)));
    }

    private static FederatedJob job(String method, String head) {
        JobSpec spec = JobFile.of(List.of("name=job", "method=" + method, "head=" + head));
        return FederatedJob.of(JobSubmitted.newBuilder()
                .setJobUuid("uuid")
                .setSpec(spec)
                .setLayout(LAYOUT.toAvro())
                .setLayoutDigest(LAYOUT.digest())
                .setSubmittedAt(0)
                .build());
    }

    private static TrainerState state(String trainer, int trainedRound) {
        return new TrainerState(
                "uuid",
                LAYOUT.digest(),
                trainer,
                trainedRound - 1,
                trainedRound,
                List.of(own(A), own(B), own(HEAD)),
                Optional.empty());
    }

    private static Tensor global(TensorShape shape) {
        return new Tensor(shape.name(), shape.shape(), new float[] {1, 2});
    }

    private static Tensor own(TensorShape shape) {
        return new Tensor(shape.name(), shape.shape(), new float[] {3, 4});
    }

    private static void assertRefused(ErrorCode code, String part, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RondoException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal).hasMessageContaining(part);
        });
    }
}
