package io.rondo.trainer.nd4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a model's digest has of its tokenizer's settings: {@code tokenizers.json}, which the Python tests read too. */
class TokenizerFilesTest {
    @TempDir
    Path directory;

    private static Stream<Arguments> cases() throws IOException {
        try (InputStream file = TokenizerFilesTest.class.getResourceAsStream("/tokenizers.json")) {
            return JsonMapper.builder()
                    .build()
                    .readTree(file)
                    .valueStream()
                    .map(each -> Arguments.of(each.path("name").asText(), each))
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldNoteWhatSettingsChange(String name, JsonNode expected) throws IOException {
        for (Map.Entry<String, JsonNode> file : expected.path("files").properties()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue().asText());
        }
        EncoderFamily family =
                EncoderFamily.named(expected.path("model_type").asText()).orElseThrow();

        Optional<String> changes = TokenizerFiles.read(directory, family).changes();

        assertThat(changes)
                .isEqualTo(Optional.ofNullable(expected.path("changes").textValue()));
    }
}
