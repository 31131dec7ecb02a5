package io.rondo.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;

class SchemaFilesTest {
    private static final Path PYTHON = Path.of("../trainer/python/src/rondo/avro");

    @Test
    void shouldWriteOneSelfContainedFileForEachRecord() throws IOException {
        Map<String, String> texts = SchemaFiles.texts();

        assertThat(texts).containsKeys("UpdateManifest.avsc", "TensorChunk.avsc", "JobSubmitted.avsc");
        // a parser of its own for each: none has to know the types of another
        assertThat(texts).allSatisfy((file, text) -> assertThat(
                        new Schema.Parser().parse(text).getName() + ".avsc")
                .isEqualTo(file));
    }

    @Test
    void shouldSayTheSameAsTheFilesOfThePythonPackage() throws IOException {
        Map<String, String> texts = SchemaFiles.texts();
        try (Stream<Path> files = Files.list(PYTHON)) {
            List<Path> all = files.toList();

            assertThat(all).hasSameSizeAs(texts.keySet()).allSatisfy(file -> assertThat(form(Files.readString(file)))
                    .isEqualTo(form(texts.get(file.getFileName().toString()))));
        }
    }

    private static String form(String text) {
        return SchemaNormalization.toParsingForm(new Schema.Parser().parse(text));
    }
}
