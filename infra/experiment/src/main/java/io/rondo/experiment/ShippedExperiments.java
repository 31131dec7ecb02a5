package io.rondo.experiment;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The experiment files of the checkout, in {@code infra/experiment}. */
public final class ShippedExperiments {
    private ShippedExperiments() {}

    /**
     * A file as it is given, or a shipped one by its name.
     *
     * @throws RondoException with {@link ErrorCode#BAD_CONFIG} when there is neither
     */
    public static Path find(String nameOrFile) {
        Path file = Path.of(nameOrFile);
        if (Files.isRegularFile(file)) {
            return file;
        }
        Path shipped = directory().resolve(nameOrFile + ".yaml");
        if (Files.isRegularFile(shipped)) {
            return shipped;
        }
        throw new RondoException(
                ErrorCode.BAD_CONFIG,
                "there is no file and no experiment '" + nameOrFile + "'",
                "give a file, or one of " + String.join(", ", questions().keySet()));
    }

    /** What each shipped experiment asks, by name. */
    public static Map<String, String> questions() {
        Map<String, String> questions = new TreeMap<>();
        if (!Files.isDirectory(directory())) {
            return questions;
        }
        try (Stream<Path> files = Files.list(directory())) {
            files.filter(file -> file.toString().endsWith(".yaml")).forEach(file -> {
                String name = file.getFileName().toString().replaceFirst("\\.yaml$", "");
                questions.put(name, ExperimentFile.question(file));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return questions;
    }

    private static Path directory() {
        return Path.of(System.getProperty("rondo.experiments", "infra/experiment"));
    }
}
