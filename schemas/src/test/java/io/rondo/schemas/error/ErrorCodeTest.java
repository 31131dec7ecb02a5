package io.rondo.schemas.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {

    @Test
    void shouldHaveASectionForEachCodeAndNoOther() throws IOException {
        List<String> sections = Files.readAllLines(root().resolve("docs/errors.md"), StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3).strip())
                .toList();

        assertThat(sections)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::id).toList());
    }

    @Test
    void shouldHaveARowForEachCodeInWhatOperatorsRead() throws IOException {
        List<String> rows =
                Files.readAllLines(root().resolve("docs/how-to/operations.md"), StandardCharsets.UTF_8).stream()
                        .filter(line -> line.matches("\\| `[a-z-]+` \\| [SOA](, [SOA])* \\| .+ \\|"))
                        .map(line -> line.substring(3, line.indexOf('`', 3)))
                        .toList();

        assertThat(rows)
                .isSorted()
                .containsExactlyElementsOf(Arrays.stream(ErrorCode.values())
                        .map(ErrorCode::id)
                        .sorted()
                        .toList());
    }

    @Test
    void shouldPointToTheSection() {
        RondoException exception = new RondoException(ErrorCode.BAD_ID, "'A' is no valid id", "use 'a'");

        assertThat(exception.explanation())
                .contains("error[bad-id]: 'A' is no valid id")
                .contains("next: use 'a'")
                .contains("docs/errors.md#bad-id");
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/errors.md"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
