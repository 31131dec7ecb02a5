package io.rondo.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.cli.output.Json;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The results of runs, a file each, whole or not there. A file says what its run was made from, so that no result stands for a
 * run on other data or with other settings. Safe for any thread.
 */
final class RunStore {
    private static final String IDENTITY = "madeFrom";
    private static final String RESULT = "result";

    private final Path directory;

    RunStore(Path directory) {
        this.directory = directory;
    }

    /**
     * The result of a run, if it is there.
     *
     * @param identity stands for all that decides the result
     * @throws RondoException with {@link ErrorCode#DIRECTORY_OF_ANOTHER_JOB} when it was made from something else
     */
    Optional<RunResult> find(ExperimentRun run, String identity) {
        Path file = file(run);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode kept = Json.MAPPER.readTree(file.toFile());
            requireSame(file, kept.path(IDENTITY).asText().equals(identity));
            return Optional.of(Json.MAPPER.treeToValue(kept.path(RESULT), RunResult.class));
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    "the result " + file + " cannot be read: " + e.getMessage(),
                    "delete the file, and the run is made again",
                    e);
        }
    }

    private static void requireSame(Path file, boolean isSame) {
        if (!isSame) {
            throw new RondoException(
                    ErrorCode.DIRECTORY_OF_ANOTHER_JOB,
                    "the result " + file + " comes from other data, other settings or another version of Rondo",
                    "give another --out, or delete the file to make the run again");
        }
    }

    void save(ExperimentRun run, String identity, RunResult result) {
        Path file = file(run);
        try {
            Path fresh = Files.createTempFile(Storage.directory(directory), "run", ".tmp");
            Json.MAPPER.writeValue(fresh.toFile(), new Kept(identity, result));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DISK_FULL,
                    "cannot write " + file + ": " + e.getMessage(),
                    "free some space, or choose another --out",
                    e);
        }
    }

    /** What a file holds. */
    private record Kept(
            @JsonProperty(IDENTITY) String identity,
            @JsonProperty(RESULT) RunResult result) {}

    private Path file(ExperimentRun run) {
        return directory.resolve(run.id() + ".json");
    }
}
