package io.rondo.schemas.sign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.log.DType;
import io.rondo.log.EvaluationReported;
import io.rondo.log.OffsetRange;
import io.rondo.log.PauseRequested;
import io.rondo.log.Sha256;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** Holds {@code vectors/signatures.json} against the code. With {@code -Drondo.vectors.write=true} it writes the file. */
class SignatureVectorsTest {
    private static final Path FILE = Path.of("vectors", "signatures.json");
    private static final String UUID = "0b0e7ab5-6a5c-4ac3-8ee4-000000000001";
    private static final byte[] SEED = seed();
    private static final Sha256 OPENED = Digests.of(new byte[] {9});

    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private final RecordCodec codec = new InMemorySchemas().codec();

    @Test
    void shouldSignAsTheVectorsSay() throws IOException {
        String computed = json.writeValueAsString(compute());
        if (Boolean.getBoolean("rondo.vectors.write")) {
            Files.writeString(FILE, computed + "\n");
        }

        assertThat(json.readTree(FILE.toFile())).isEqualTo(json.readTree(computed));
    }

    private JsonNode compute() {
        SigningKey key = SigningKey.ofSeed(SEED);
        ObjectNode all = json.createObjectNode();
        all.put("privateKey", HexFormat.of().formatHex(SEED));
        all.put("publicKey", key.verifyingKey().toString());
        ArrayNode cases = all.putArray("cases");
        long sequence = 0;
        for (SpecificRecord record : records()) {
            Sha256 opened = sequence % 2 == 0 ? null : OPENED;
            ObjectNode one = cases.addObject();
            one.put("record", record.getSchema().getFullName());
            one.put("sequence", sequence);
            one.put("opened", opened == null ? null : Digests.hex(opened));
            byte[] value = codec.encode("topic", record);
            one.put("body", HexFormat.of().formatHex(value, 5, value.length));
            one.put("text", new String(CanonicalText.of(record, sequence, opened), StandardCharsets.UTF_8));
            one.put("digest", Digests.hex(CanonicalText.digest(record)));
            byte[] signature = new byte[64];
            key.sign(record, sequence, opened).getValue().get(signature);
            one.put("signature", HexFormat.of().formatHex(signature));
            sequence++;
        }
        return all;
    }

    private static List<SpecificRecord> records() {
        TreeMap<String, Double> metrics = new TreeMap<>(Map.of("loss", 0.5, "Accuracy", -0.0));
        return List.of(
                TrainerJoined.newBuilder()
                        .setJobUuid(UUID)
                        .setTrainer("site-1")
                        .setIncarnation("incarnation-1")
                        .setLayoutDigest(Digests.of(new byte[] {1}))
                        .setSoftware("zwölf\nBoxkämpfer")
                        .build(),
                UpdateManifest.newBuilder()
                        .setJobUuid(UUID)
                        .setRound(7)
                        .setBaseRound(6)
                        .setTrainer("site-1")
                        .setIncarnation("incarnation-1")
                        .setAttempt("attempt-1")
                        .setNumExamples(300L)
                        .setDtype(DType.BF16)
                        .setElements(8L)
                        .setRanges(List.of(new OffsetRange(0, 10L, 12L), new OffsetRange(1, 3L, 4L)))
                        .setChunkDigests(List.of(Digests.of(new byte[] {2}), Digests.of(new byte[] {3})))
                        .setDigest(Digests.of(new byte[] {4}))
                        .setMetrics(metrics)
                        .build(),
                new EvaluationReported(UUID, 7, "site-1", "incarnation-1", Map.of("test/accuracy", 1 / 3.0), null),
                new TrainerLeft(UUID, "site-1", "incarnation-1", "", null),
                new PauseRequested(UUID, "lunch", 1_700_000_000_000L, null),
                new TrainerKeyAddRequested(
                        UUID, "site-1", SigningKey.ofSeed(SEED).verifyingKey().toString(), 1_700_000_000_000L, null));
    }

    private static byte[] seed() {
        byte[] seed = new byte[32];
        IntStream.range(0, seed.length).forEach(i -> seed[i] = (byte) i);
        return seed;
    }
}
