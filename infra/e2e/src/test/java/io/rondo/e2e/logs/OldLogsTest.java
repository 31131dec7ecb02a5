package io.rondo.e2e.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.e2e.CommandLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** This build reads the logs of all builds before it, and finds in them what those did. */
class OldLogsTest {
    private static final String CASE = "weighted-mean";

    @TempDir
    private Path directory;

    static Stream<Arguments> logs() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (KeptLogs kept : KeptLogs.all()) {
            for (Map.Entry<String, JsonNode> each : KeptLogs.read(kept.index()).properties()) {
                all.add(Arguments.of(kept, each.getKey(), each.getValue()));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("logs")
    void shouldVerifyReplayAndExportWhatAnEarlierBuildWrote(KeptLogs kept, String name, JsonNode expected)
            throws IOException {
        Path archive = kept.unpack(name, directory);

        JsonNode facts = new LogFacts(archive, directory)
                .read(
                        expected.path("chunkBytes").asInt(),
                        expected.path("export").asText());

        assertThat(facts).isEqualTo(expected.path("facts"));
        assertThat(facts.path("rounds")).isNotEmpty().allSatisfy(round -> assertThat(round.path("replayed"))
                .isEqualTo(round.path("digest")));
    }

    @Test
    void shouldHaveAnExpectationForEachArchive() throws IOException {
        assertThat(KeptLogs.all()).isNotEmpty();
        for (KeptLogs kept : KeptLogs.all()) {
            List<String> expected = KeptLogs.read(kept.index()).properties().stream()
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            assertThat(kept.cases()).as("%s", kept).isEqualTo(expected);
        }
    }

    @Test
    void shouldRefuseAnArchiveWithADamagedByte() throws Exception {
        Path archive = KeptLogs.all().get(0).unpack(CASE, directory);

        damage(archive);

        assertThat(verify(archive).path("error").path("code").asText()).isEqualTo("archive-corrupt");
    }

    /** The damage of somebody who has the archive's index changed with it. */
    @Test
    void shouldNotVerifyADamagedByteThatTheIndexVouchesFor() throws Exception {
        Path archive = KeptLogs.all().get(0).unpack(CASE, directory);
        Path file = archive.resolve("global-adapter-0.avro");
        String before = sha256(file);

        damage(archive);

        Path index = archive.resolve("index.json");
        Files.writeString(index, Files.readString(index).replace(before, sha256(file)));
        JsonNode verified = verify(archive);
        assertThat(verified.path("sound").asBoolean(true)).isFalse();
        assertThat(verified.path("perRound").path(1).path("outcome").asText()).isEqualTo("different");
    }

    /** Changes one byte of the first value of the adapter of round 1. */
    private void damage(Path archive) throws IOException {
        Path replayed = directory.resolve("replayed");
        CommandLine.run(0, List.of("replay", "--archive", archive.toString(), "--out", replayed.toString()));
        byte[] chunk =
                AdapterFile.read(replayed.resolve("round-000001.safetensors")).values(Float.BYTES * 2);
        Path file = archive.resolve("global-adapter-0.avro");
        byte[] bytes = Files.readAllBytes(file);
        int at = text(bytes).indexOf(text(chunk));
        assertThat(at).isPositive();
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Verifies what must not verify. */
    private static JsonNode verify(Path archive) throws IOException {
        return CommandLine.run(1, List.of("verify", "--archive", archive.toString()));
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
