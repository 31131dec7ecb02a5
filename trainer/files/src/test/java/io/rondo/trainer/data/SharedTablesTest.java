package io.rondo.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that the readers of both languages read alike: {@code tables.json}, which the Python tests read too. */
class SharedTablesTest {
    @TempDir
    Path directory;

    private static Stream<Arguments> cases() throws IOException {
        try (InputStream file = SharedTablesTest.class.getResourceAsStream("/tables.json")) {
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
    void shouldReadAsTheOtherLanguageDoes(String name, JsonNode expected) throws IOException {
        Path file = directory.resolve(expected.path("file").asText());
        Files.write(
                file,
                expected.has("hex")
                        ? HexFormat.of().parseHex(expected.path("hex").asText())
                        : expected.path("content").asText().getBytes(StandardCharsets.UTF_8));
        JsonNode chosen = expected.path("choice");
        ColumnChoice choice =
                new ColumnChoice(text(chosen.path("text")), text(chosen.path("textPair")), text(chosen.path("label")));
        List<String> notes = new ArrayList<>();
        if (expected.has("code")) {
            assertThat(catchThrowableOfType(RondoException.class, () -> ExampleFile.read(file, choice, notes::add)))
                    .returns(expected.path("code").asText(), refusal -> refusal.code()
                            .id())
                    .hasMessageContaining(expected.path("message").asText());
            return;
        }

        ExampleTable table = ExampleFile.read(file, choice, notes::add);

        List<JsonNode> examples = expected.path("examples").valueStream().toList();
        assertThat(table.examples())
                .containsExactlyElementsOf(examples.stream()
                        .map(each -> new Example(
                                each.path(0).asText(),
                                text(each.path(1)),
                                each.path(2).asText(),
                                DevSet.named(each.path(4).asText())))
                        .toList());
        for (int i = 0; i < examples.size(); i++) {
            assertThat(table.where(i))
                    .isEqualTo(file + ", line " + examples.get(i).path(3));
        }
        assertThat(notes).hasSameSizeAs(expected.path("notes"));
        for (int i = 0; i < notes.size(); i++) {
            assertThat(notes.get(i)).contains(expected.path("notes").path(i).asText());
        }
    }

    private static Optional<String> text(JsonNode value) {
        return Optional.ofNullable(value.textValue());
    }
}
