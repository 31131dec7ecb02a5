package io.rondo.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemFileTest {
    @TempDir
    private Path directory;

    @Test
    void shouldReadBackWhatItWrote() {
        List<Problem> problems =
                List.of(new Problem("How \"many\"?", "1 + 1 = 2\n#### 2"), new Problem("Für Äpfel?", "#### 7"));
        Path file = directory.resolve("problems.jsonl");

        ProblemFile.write(file, problems);

        assertThat(ProblemFile.read(file)).isEqualTo(problems);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"question\": \"q\"}", "{\"question\": \" \", \"answer\": \"a\"}", "[1]", "{\"question\""})
    void shouldNameTheLineThatIsNoProblem(String line) throws IOException {
        Path file = Files.writeString(
                directory.resolve("problems.jsonl"), "{\"question\": \"q\", \"answer\": \"a\"}\n" + line + "\n");

        assertThat(catchThrowableOfType(RondoException.class, () -> ProblemFile.read(file)))
                .returns(ErrorCode.DATA_UNREADABLE, RondoException::code)
                .hasMessageContaining("line 2");
    }

    @Test
    void shouldRefuseAFileThatIsEmptyOrNotThere() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.jsonl"), "\n");

        assertThat(catchThrowableOfType(RondoException.class, () -> ProblemFile.read(empty)))
                .returns(ErrorCode.TOO_FEW_EXAMPLES, RondoException::code);
        assertThat(catchThrowableOfType(RondoException.class, () -> ProblemFile.read(directory.resolve("none"))))
                .returns(ErrorCode.DATA_NOT_FOUND, RondoException::code);
    }

    @Test
    void shouldDealEachProblemToOneSite() {
        List<Problem> problems = List.of(new Problem("a", "1"), new Problem("b", "2"), new Problem("c", "3"));

        List<Site<Problem>> sites = Site.deal(2, problems, problems.subList(0, 2));

        assertThat(sites)
                .containsExactly(
                        new Site<>("site-1", List.of(problems.get(0), problems.get(2)), List.of(problems.get(0))),
                        new Site<>("site-2", List.of(problems.get(1)), List.of(problems.get(1))));
    }
}
