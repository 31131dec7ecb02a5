package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rondo.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as its user runs it: real model, processes of their own; small, and in a second run on the same directory. */
class DemoIT {
    /** 36,864 floats of A at rank 8 on query and value of six layers of 384. */
    private static final int UPLOADED_BYTES = 36_864 * Float.BYTES;

    @TempDir
    private Path directory;

    private StringWriter out;
    private StringWriter err;

    @Test
    void shouldRunToAVerifiedLogAndReportItAgain() throws Exception {
        String demo = directory.resolve("demo").toString();
        List<String> arguments = List.of(
                "demo",
                "--dir",
                demo,
                "--trainers",
                "2",
                "--rounds",
                "2",
                "--train-rows",
                "40",
                "--test-rows",
                "20",
                "--model-cache",
                "target/models",
                "--json");

        JsonNode result = run(arguments);

        assertThat(result.path("job").asText()).isEqualTo("demo");
        assertThat(result.path("method").asText()).isEqualTo("fedsa");
        assertThat(result.path("trainers").asInt()).isEqualTo(2);
        assertThat(result.path("rounds").asInt()).isEqualTo(2);
        assertThat(result.path("cohort")).hasSize(2);
        assertThat(result.path("uploadedBytesPerTrainerRound").asInt())
                .isBetween(UPLOADED_BYTES, UPLOADED_BYTES + 4_096);
        assertThat(result.path("uploadedBytesPerTrainerRoundLora").asInt()).isGreaterThan(2 * UPLOADED_BYTES);
        assertThat(result.path("accuracy").path("before").asDouble()).isBetween(0.0, 1.0);
        assertThat(result.path("accuracy").path("after").asDouble()).isBetween(0.0, 1.0);
        assertThat(result.path("accuracy").path("headOnly").isNumber()).isTrue();
        assertThat(result.path("accuracy").path("perTrainer")).hasSize(2);
        assertThat(result.path("verify").path("rounds").asInt()).isEqualTo(2);
        assertThat(result.path("verify").path("identical").asInt()).isEqualTo(2);
        assertThat(err.toString()).contains("[round 2/2] 2 of 2 updates");

        JsonNode again = run(arguments);

        assertThat(err.toString()).contains("finished by an earlier run");
        assertThat(again.path("accuracy")).isEqualTo(result.path("accuracy"));
        assertThat(again.path("verify")).isEqualTo(result.path("verify"));
    }

    @Test
    @Tag("thorough")
    void shouldRunWithTlsUsersAndRightsAndLetCommandsReadItsLog() throws Exception {
        String demo = directory.resolve("secure").toString();

        JsonNode result = run(List.of(
                "demo",
                "--secure",
                "--dir",
                demo,
                "--trainers",
                "2",
                "--rounds",
                "1",
                "--train-rows",
                "40",
                "--test-rows",
                "20",
                "--model-cache",
                "target/models",
                "--json"));

        assertThat(result.path("verify").path("identical").asInt()).isEqualTo(1);
        assertThat(err.toString()).contains("https://127.0.0.1:", "TLS, users, rights and signatures are on");
        String key = Files.readString(directory.resolve("secure/credentials/clients/aggregator/signing.pub"))
                .strip();
        String trainer = result.path("cohort").get(0).asText();
        Path receipt = directory.resolve("receipt.json");
        run(List.of(
                "receipt", "--dir", demo, "--round", "1", "--trainer", trainer, "--out", receipt.toString(), "--json"));
        assertThat(run(List.of("verify", "--receipt", receipt.toString(), "--aggregator-key", key, "--json"))
                        .path("counted")
                        .asBoolean())
                .isTrue();
        JsonNode rounds = run(List.of("rounds", "--dir", demo, "--json"));
        assertThat(rounds.path("rounds")).isNotEmpty();
        assertNothingSecretIn(directory.resolve("secure"));
    }

    /** Passwords and keys are in the credentials, and nowhere else of what the processes left. */
    private void assertNothingSecretIn(Path demo) throws Exception {
        List<String> secrets = new ArrayList<>();
        for (String client : List.of("operator", "aggregator")) {
            String file = Files.readString(demo.resolve("credentials/clients/" + client + "/client.properties"));
            secrets.add(file.replaceFirst("(?s).* password=\"([^\"]+)\".*", "$1"));
            for (String key : List.of("key.pem", "signing.key")) {
                secrets.add(Files.readAllLines(demo.resolve("credentials/clients/" + client + '/' + key))
                        .get(1));
            }
        }
        assertThat(secrets).allSatisfy(secret -> assertThat(secret).hasSizeGreaterThan(30));
        assertThat(secrets).noneMatch((out.toString() + err)::contains);
        try (Stream<Path> files = Files.walk(demo)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(demo.resolve("credentials")))
                    .toList()) {
                String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(secrets).as(file.toString()).noneMatch(text::contains);
            }
        }
    }

    private JsonNode run(List<String> arguments) throws Exception {
        out = new StringWriter();
        err = new StringWriter();
        int status = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
        assertThat(status).as(err.toString()).isZero();
        return new ObjectMapper().readTree(out.toString());
    }
}
