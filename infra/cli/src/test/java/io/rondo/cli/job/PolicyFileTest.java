package io.rondo.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rondo.log.JobSpec;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.LogRecords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases are those of the Python package's tests too: both trainers read the same file and say the same. */
class PolicyFileTest {
    static {
        LogRecords.trust();
    }

    @TempDir
    private Path directory;

    static Stream<Named<JsonNode>> cases() throws IOException {
        return StreamSupport.stream(policies().path("cases").spliterator(), false)
                .map(each -> Named.of("policy " + each.path("policy").asText().strip(), each));
    }

    private static JsonNode policies() throws IOException {
        try (InputStream in = PolicyFileTest.class.getResourceAsStream("policies.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldAllowOrRefuseAsTheFileSays(JsonNode each) throws IOException {
        Path file = Files.writeString(
                directory.resolve("policy.yaml"), each.path("policy").asText());
        JobSpec job = job(policies().path("spec"), each.path("spec"));

        if (!each.has("code")) {
            assertThatCode(() -> PolicyFile.read(file).require(job)).doesNotThrowAnyException();
            return;
        }
        RondoException refused = catchThrowableOfType(
                RondoException.class, () -> PolicyFile.read(file).require(job));
        assertThat(refused.code().id()).isEqualTo(each.path("code").asText());
        assertThat(refused.getMessage().replace(directory + "/", ""))
                .isEqualTo(each.path("message").asText());
    }

    @Test
    void shouldNameTheFileThatItCannotRead() {
        Path missing = directory.resolve("nowhere.yaml");

        RondoException refused = catchThrowableOfType(RondoException.class, () -> PolicyFile.read(missing));

        assertThat(refused.code().id()).isEqualTo("bad-job-file");
        assertThat(refused).hasMessageContaining("cannot read the policy " + missing);
    }

    private static JobSpec job(JsonNode usual, JsonNode own) {
        JobSpec spec = new JobSpec();
        for (JsonNode settings : List.of(usual, own)) {
            settings.properties().forEach(each -> spec.put(each.getKey(), value(each.getValue())));
        }
        return spec;
    }

    private static Object value(JsonNode node) {
        if (node.isArray()) {
            return StreamSupport.stream(node.spliterator(), false)
                    .map(PolicyFileTest::value)
                    .toList();
        }
        return node.isInt() ? (Object) node.asInt() : node.isDouble() ? (Object) node.asDouble() : node.asText();
    }
}
