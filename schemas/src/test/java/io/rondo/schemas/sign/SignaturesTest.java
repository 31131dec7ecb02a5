package io.rondo.schemas.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.DType;
import io.rondo.log.OffsetRange;
import io.rondo.log.PauseRequested;
import io.rondo.log.Signature;
import io.rondo.log.TrainerJoined;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.serde.LogRecords;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SignaturesTest {
    static {
        LogRecords.trust();
    }

    private static final SigningKey KEY = SigningKey.ofSeed(new byte[32]);
    private static final SigningKey OTHER = SigningKey.generate();

    @Test
    void shouldDeriveThePublicKeyThatTheStandardHas() {
        // RFC 8032, section 7.1, test 1
        SigningKey key = SigningKey.ofSeed(
                HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));

        assertThat(key.verifyingKey())
                .hasToString("ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assertThat(VerifyingKey.parse(key.verifyingKey().toString())).isEqualTo(key.verifyingKey());
        assertThat(key.toString()).doesNotContain("9d61b19d");
    }

    @Test
    void shouldRefuseWhatIsNoPublicKey() {
        for (String text : List.of("", "ed25519:", "ed25519:" + "g".repeat(64), "ED25519:" + "0".repeat(64))) {
            assertThatThrownBy(() -> VerifyingKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
        // y = 2 has no x on the curve
        assertThat(VerifyingKey.isKey("ed25519:02" + "0".repeat(62))).isFalse();
    }

    @Test
    void shouldTakeWhatOneOfTheKeysSigned() {
        UpdateManifest manifest = KEY.signed(manifest(), 7, Digests.of(new byte[] {1}));

        assertThat(problem(manifest)).isEmpty();
        assertThat(Signatures.problem(manifest, List.of(OTHER.verifyingKey()))).isNotEmpty();
    }

    @Test
    void shouldCoverEveryFieldOfTheRecordAndOfTheSignature() {
        UpdateManifest signed = KEY.signed(manifest(), 7, Digests.of(new byte[] {1}));
        List<UpdateManifest> changed = List.of(
                UpdateManifest.newBuilder(signed).setJobUuid("another").build(),
                UpdateManifest.newBuilder(signed).setRound(8).build(),
                UpdateManifest.newBuilder(signed).setBaseRound(5).build(),
                UpdateManifest.newBuilder(signed).setTrainer("b").build(),
                UpdateManifest.newBuilder(signed).setIncarnation("i-b").build(),
                UpdateManifest.newBuilder(signed).setAttempt("another").build(),
                UpdateManifest.newBuilder(signed).setNumExamples(301L).build(),
                UpdateManifest.newBuilder(signed).setDtype(DType.BF16).build(),
                UpdateManifest.newBuilder(signed).setElements(9L).build(),
                UpdateManifest.newBuilder(signed)
                        .setRanges(List.of(new OffsetRange(0, 10L, 13L)))
                        .build(),
                UpdateManifest.newBuilder(signed)
                        .setChunkDigests(List.of(Digests.of(new byte[] {5})))
                        .build(),
                UpdateManifest.newBuilder(signed)
                        .setDigest(Digests.of(new byte[] {6}))
                        .build(),
                UpdateManifest.newBuilder(signed)
                        .setMetrics(Map.of("loss", 0.25))
                        .build(),
                UpdateManifest.newBuilder(signed)
                        .setSignature(Signature.newBuilder(signed.getSignature())
                                .setSequence(8)
                                .build())
                        .build(),
                UpdateManifest.newBuilder(signed)
                        .setSignature(Signature.newBuilder(signed.getSignature())
                                .setOpened(null)
                                .build())
                        .build());

        assertThat(changed).hasSize(manifest().getSchema().getFields().size() - 1 + 2);
        assertThat(changed).allSatisfy(record -> assertThat(problem(record)).isPresent());
    }

    @Test
    void shouldTakeNothingThatIsLongerOrShorterThanASignature() {
        Signature signature = KEY.signed(manifest(), 0, null).getSignature();
        byte[] value = signature.getValue().array();

        for (Signature wrong : List.of(
                Signature.newBuilder(signature)
                        .setValue(ByteBuffer.wrap(java.util.Arrays.copyOf(value, 63)))
                        .build(),
                Signature.newBuilder(signature)
                        .setValue(ByteBuffer.wrap(java.util.Arrays.copyOf(value, 65)))
                        .build(),
                Signature.newBuilder(signature)
                        .setValue(ByteBuffer.allocate(64))
                        .build(),
                Signature.newBuilder(signature).setVersion(2).build(),
                Signature.newBuilder(signature).setAlgorithm("RSA").build(),
                Signature.newBuilder(signature).setKeyId("").build())) {
            UpdateManifest record = manifest();
            record.put(record.getSchema().getField("signature").pos(), wrong);
            assertThat(problem(record)).isPresent();
        }
        assertThat(problem(manifest())).hasValue("it is not signed");
    }

    @Test
    void shouldNotBeMisledByTextsThatLookLikeLines() {
        PauseRequested one = new PauseRequested("u", "a\nrequestedAt 1", 0L, null);
        PauseRequested other = new PauseRequested("u", "a", 1L, null);

        assertThat(CanonicalText.of(one, 0, null)).isNotEqualTo(CanonicalText.of(other, 0, null));
        assertThat(new String(CanonicalText.of(one, 3, null), StandardCharsets.UTF_8))
                .isEqualTo("""
                    rondo-signature-v1
                    sequence 3
                    opened null
                    record io.rondo.log.PauseRequested
                    jobUuid 1:u
                    reason 15:a
                    requestedAt 1
                    """);
    }

    @Test
    void shouldLeaveOutWhatHasItsDefault() {
        TrainerJoined joined = TrainerJoined.newBuilder()
                .setJobUuid("u")
                .setTrainer("a")
                .setIncarnation("i")
                .setLayoutDigest(Digests.of(new byte[0]))
                .build();

        assertThat(new String(CanonicalText.of(joined, 0, null), StandardCharsets.UTF_8))
                .isEqualTo("""
                    rondo-signature-v1
                    sequence 0
                    opened null
                    record io.rondo.log.TrainerJoined
                    incarnation 1:i
                    jobUuid 1:u
                    layoutDigest e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                    trainer 1:a
                    """);
    }

    private static java.util.Optional<String> problem(UpdateManifest record) {
        return Signatures.problem(record, List.of(OTHER.verifyingKey(), KEY.verifyingKey()));
    }

    private static UpdateManifest manifest() {
        return UpdateManifest.newBuilder()
                .setJobUuid("0b0e7ab5-6a5c-4ac3-8ee4-000000000001")
                .setRound(7)
                .setBaseRound(6)
                .setTrainer("a")
                .setIncarnation("i-a")
                .setAttempt("attempt")
                .setNumExamples(300L)
                .setDtype(DType.F32)
                .setElements(8L)
                .setRanges(List.of(new OffsetRange(0, 10L, 12L)))
                .setChunkDigests(List.of(Digests.of(new byte[] {2})))
                .setDigest(Digests.of(new byte[] {3}))
                .setMetrics(Map.of("loss", 0.5))
                .build();
    }
}
