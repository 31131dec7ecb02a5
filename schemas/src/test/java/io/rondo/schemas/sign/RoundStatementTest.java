package io.rondo.schemas.sign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.log.CohortMember;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds {@code vectors/receipts.json} against the code. With {@code -Drondo.vectors.write=true} it writes the file. */
class RoundStatementTest {
    private static final Path FILE = Path.of("vectors", "receipts.json");
    private static final SigningKey KEY = SigningKey.ofSeed(new byte[32]);

    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private final RecordCodec codec = new InMemorySchemas().codec();

    private final RoundPublished published = RoundPublished.newBuilder()
            .setJobUuid("0b0e7ab5-6a5c-4ac3-8ee4-000000000001")
            .setRound(7)
            .setRevision(2)
            .setBaseRound(6)
            .setMembers(List.of(member("site-1", 300, 1), member("site-2", 20, 0.25)))
            .setElements(8L)
            .setChunkDigests(List.of(Digests.of(new byte[] {2})))
            .setDigest(Digests.ofDigests(List.of(Digests.of(new byte[] {2}))))
            .setTensors(List.of())
            .setStartOffsets(List.of(0L))
            .setOpenedAt(1L)
            .setClosedAt(2L)
            .setFirstSequence(40L)
            .setLastSequence(51L)
            .setChain(Digests.of(new byte[] {3}))
            .build();

    @Test
    void shouldSignAsTheVectorsSay() throws IOException {
        String computed = json.writeValueAsString(compute());
        if (Boolean.getBoolean("rondo.vectors.write")) {
            Files.writeString(FILE, computed + "\n");
        }

        assertThat(json.readTree(FILE.toFile())).isEqualTo(json.readTree(computed));
    }

    private JsonNode compute() {
        ObjectNode all = json.createObjectNode();
        all.put("publicKey", KEY.verifyingKey().toString());
        byte[] body = codec.encode("rounds", published);
        all.put("published", HexFormat.of().formatHex(body, 5, body.length));
        ArrayNode members = all.putArray("members");
        for (CohortMember member : published.getMembers()) {
            members.add(Digests.hex(RoundStatement.digest(member)));
        }
        RoundStatement statement = RoundStatement.of(published);
        all.put("membersDigest", Digests.hex(statement.membersDigest()));
        all.put("text", new String(statement.text(), StandardCharsets.UTF_8));
        all.put("signature", HexFormat.of().formatHex(receipt(RoundStatement.signed(published, KEY))));
        return all;
    }

    @Test
    void shouldFindASignatureThatIsNotOfThePublication() {
        RoundPublished signed = RoundStatement.signed(published, KEY);

        assertThat(RoundStatement.problem(signed, KEY.verifyingKey())).isEmpty();
        assertThat(Signatures.problem(signed, List.of(KEY.verifyingKey()))).isEmpty();
        assertThat(RoundStatement.problem(signed, SigningKey.generate().verifyingKey()))
                .isPresent();
        for (RoundPublished changed : List.of(
                RoundPublished.newBuilder(signed).setRound(8).build(),
                RoundPublished.newBuilder(signed)
                        .setDigest(Digests.of(new byte[] {9}))
                        .build(),
                RoundPublished.newBuilder(signed)
                        .setMembers(List.of(member("site-1", 301, 1), member("site-2", 20, 0.25)))
                        .build(),
                RoundPublished.newBuilder(signed).setLastSequence(50L).build(),
                RoundPublished.newBuilder(signed)
                        .setChain(Digests.of(new byte[] {9}))
                        .build())) {
            assertThat(RoundStatement.problem(changed, KEY.verifyingKey())).isPresent();
        }
    }

    private static byte[] receipt(RoundPublished signed) {
        ByteBuffer receipt = signed.getSignature().getReceipt();
        byte[] bytes = new byte[receipt.remaining()];
        receipt.duplicate().get(bytes);
        return bytes;
    }

    private static CohortMember member(String trainer, long examples, double scale) {
        return CohortMember.newBuilder()
                .setTrainer(trainer)
                .setAttempt("attempt-of-" + trainer)
                .setWeight((double) examples)
                .setNumExamples(examples)
                .setDigest(Digests.of(trainer.getBytes(StandardCharsets.UTF_8)))
                .setNorm(-1)
                .setScale(scale)
                .build();
    }
}
