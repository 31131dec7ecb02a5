package io.rondo.experiment;

import io.rondo.cli.output.Json;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The results of runs, a file each, whole or not there. Safe for any thread. */
final class RunStore {
    private final Path directory;

    RunStore(Path directory) {
        this.directory = directory;
    }

    Optional<RunResult> find(ExperimentRun run) {
        Path file = file(run);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.MAPPER.readValue(file.toFile(), RunResult.class));
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    "the result " + file + " cannot be read: " + e.getMessage(),
                    "delete the file, and the run is made again",
                    e);
        }
    }

    void save(ExperimentRun run, RunResult result) {
        Path file = file(run);
        try {
            Path fresh = Files.createTempFile(Storage.directory(directory), "run", ".tmp");
            Json.MAPPER.writeValue(fresh.toFile(), result);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DISK_FULL,
                    "cannot write " + file + ": " + e.getMessage(),
                    "free some space, or choose another --out",
                    e);
        }
    }

    private Path file(ExperimentRun run) {
        return directory.resolve(run.id() + ".json");
    }
}
