package io.rondo.trainer.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.JobSpec;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.LogRecords;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.runtime.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainPinTest {
    static {
        LogRecords.trust();
    }

    private static final String JOB = "0b4e4f4e-0000-4000-8000-000000000001";
    private static final String KEY = "ed25519:" + "0".repeat(64);
    private static final JobSpec SPEC = spec(KEY, "");

    @TempDir
    private Path root;

    @Test
    void shouldTakeTheLogThatItKnowsAndWhatFollows() {
        ChainPin pin = ChainPin.of(published(2, chain(2)), SPEC);

        assertThatCode(() -> pin.require(
                        JOB, SPEC, List.of(published(1, chain(1)), published(2, chain(2)), published(3, chain(3)))))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseALogWithAnotherValueOrWithoutTheRound() {
        ChainPin pin = ChainPin.of(published(2, chain(2)), SPEC);

        for (List<org.apache.avro.specific.SpecificRecord> other : List.of(
                List.<org.apache.avro.specific.SpecificRecord>of(published(1, chain(1)), published(2, chain(9))),
                List.<org.apache.avro.specific.SpecificRecord>of(published(1, chain(1))),
                List.<org.apache.avro.specific.SpecificRecord>of())) {
            assertThatThrownBy(() -> pin.require(JOB, SPEC, other))
                    .hasMessageContaining("round 2")
                    .satisfies(thrown ->
                            assertThat(((RondoException) thrown).code()).isEqualTo(ErrorCode.LOG_REWRITTEN));
        }
    }

    /** Whoever has neither key can still keep a publication as it was, and have the job ask for other signatures. */
    @Test
    void shouldRefuseAJobThatNamesOtherKeys() {
        ChainPin pin = ChainPin.of(published(2, chain(2)), spec(KEY, KEY));

        for (JobSpec other : List.of(spec(KEY, ""), spec("", KEY), spec(KEY, KEY.replace('0', '1')))) {
            assertThatThrownBy(() -> pin.require(JOB, other, List.of(published(2, chain(2)))))
                    .hasMessageContaining("the job named the ")
                    .hasMessageContaining("key " + KEY)
                    .satisfies(thrown ->
                            assertThat(((RondoException) thrown).code()).isEqualTo(ErrorCode.LOG_REWRITTEN));
        }
    }

    @Test
    void shouldReadAPinOfVersion1WhichHasNoKeys() {
        ChainPin pin = ChainPin.parse("rondo-chain-pin-v1\n" + JOB + "\n2\n" + Digests.hex(chain(2)) + "\n");

        assertThatCode(() -> pin.require(JOB, spec("", KEY), List.of(published(2, chain(2)))))
                .doesNotThrowAnyException();
        assertThat(ChainPin.parse(pin.text())).isEqualTo(pin);
    }

    @Test
    void shouldBeKeptInTheStateDirectoryForItsOwnerAlone() throws IOException {
        Path directory = root.resolve("state");
        try (StateDirectory state = StateDirectory.open(directory)) {
            assertThat(state.pin()).isEmpty();
            state.pin(ChainPin.of(published(1, chain(1)), SPEC));
            state.pin(ChainPin.of(published(2, chain(2)), SPEC));
        }
        try (StateDirectory state = StateDirectory.open(directory)) {
            assertThat(state.pin()).hasValue(ChainPin.of(published(2, chain(2)), SPEC));
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(directory.resolve(StateDirectory.PIN))))
                    .isEqualTo("rw-------");

            Files.writeString(directory.resolve(StateDirectory.PIN), "something else\n");
            assertThatThrownBy(state::pin).satisfies(thrown -> assertThat(((RondoException) thrown).code())
                    .isEqualTo(ErrorCode.STATE_UNREADABLE));
        }
    }

    private static JobSpec spec(String operator, String aggregator) {
        return JobSpec.newBuilder(Records.of("fedsa", 2).job().spec())
                .setOperatorKey(operator)
                .setAggregatorKey(aggregator)
                .build();
    }

    private static Sha256 chain(int value) {
        return Digests.of(new byte[] {(byte) value});
    }

    private static RoundPublished published(int round, Sha256 chain) {
        return RoundPublished.newBuilder()
                .setJobUuid(JOB)
                .setRound(round)
                .setRevision(1)
                .setBaseRound(round - 1)
                .setMembers(List.of())
                .setElements(0)
                .setChunkDigests(List.of())
                .setDigest(chain)
                .setTensors(List.of())
                .setStartOffsets(List.of())
                .setOpenedAt(0)
                .setClosedAt(0)
                .setFirstSequence(0)
                .setLastSequence(0)
                .setChain(chain)
                .build();
    }
}
