package io.rondo.e2e.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What commands print with {@code --json} stays as it was: programs read it. */
class OldOutputTest {
    @TempDir
    private Path directory;

    static Stream<Arguments> outputs() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (KeptLogs kept : KeptLogs.all()) {
            for (String name : kept.casesWithOutput()) {
                all.add(Arguments.of(kept, name));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("outputs")
    void shouldPrintWhatAnEarlierBuildPrinted(KeptLogs kept, String name) throws IOException {
        Output expected = Output.read(kept.output(name));

        Output printed = Output.of(kept.unpack(name, directory));

        assertThat(printed.printed()).isNotEmpty();
        printed.printed().forEach((command, result) -> assertThat(result)
                .as(command)
                .isEqualTo(expected.printed().get(command)));
    }
}
