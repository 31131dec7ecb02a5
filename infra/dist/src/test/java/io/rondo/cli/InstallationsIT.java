package io.rondo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each installation consists of: a library that comes or goes shows here, and an aggregator has no trainer. */
class InstallationsIT {
    /** Version, classifier and extension: the same library for another platform counts as the same. */
    private static final Pattern VERSION = Pattern.compile("-\\d.*");

    @ParameterizedTest
    @CsvSource({"target/rondo/lib, full.jars", "../dist-aggregator/target/rondo/lib, aggregator.jars"})
    void shouldHoldTheseLibraries(Path lib, String expected) {
        assertThat(jars(lib)).containsExactlyInAnyOrderElementsOf(lines(expected));
    }

    @Test
    void shouldCarryNoTrainerWithAnAggregator() {
        assertThat(jars(Path.of("../dist-aggregator/target/rondo/lib")))
                .contains("rondo-aggregator", "rondo-cli")
                .noneMatch(jar -> jar.matches("(nd4j|javacpp|openblas|tokenizers|rondo-trainer-nd4j).*"));
    }

    private static List<String> jars(Path lib) {
        try (Stream<Path> files = Files.list(lib)) {
            return files.map(file -> file.getFileName().toString())
                    .map(name -> VERSION.matcher(name).replaceFirst(""))
                    .distinct()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(String resource) {
        try (InputStream file = InstallationsIT.class.getResourceAsStream("/" + resource)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
