package io.rondo.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.cli.output.Json;
import io.rondo.cli.python.Python;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.bench.StepBenchSettings;
import io.rondo.trainer.api.bench.TrainerBenchmark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The same step by PyTorch and PEFT: same model, batch, values, number of threads and of steps.
 *
 * @param stepMs median time of a step, in milliseconds
 * @param gradRelDifference length of the difference of the two gradients over the length of PyTorch's
 * @param peakMb most memory of the process, in 10⁶ bytes
 * @param torch version of PyTorch
 * @param peft version of PEFT
 */
public record PeftStep(double stepMs, double gradRelDifference, double peakMb, String torch, String peft) {
    /** What the two may differ by: rounding of float32 alone. */
    public static final double MOST_DIFFERENCE = 1e-4;

    /** Runs it, after the trainer's own measurement. */
    public static PeftStep measure(TrainerBenchmark benchmark, StepBenchSettings settings, Python python) {
        try {
            Path directory = Files.createTempDirectory("rondo-against-peft");
            try {
                benchmark.writeStep(settings, directory);
                String printed = python.run(
                        "measuring PyTorch and PEFT",
                        "rondo.peft.bench",
                        List.of(
                                directory.toString(),
                                "--threads",
                                Integer.toString(settings.threads()),
                                "--steps",
                                Integer.toString(settings.steps())));
                return of(Json.read(printed));
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PeftStep of(JsonNode found) {
        return new PeftStep(
                found.path("stepMs").asDouble(),
                found.path("gradRelDifference").asDouble(),
                found.path("peakMb").asDouble(),
                found.path("torch").asText(),
                found.path("peft").asText());
    }

    /** @throws RondoException with {@link ErrorCode#NOT_CONFORMING} when the two gradients are different ones */
    public void requireSameGradient() {
        // written so that NaN fails as well
        if (!(gradRelDifference <= MOST_DIFFERENCE)) {
            throw new RondoException(
                    ErrorCode.NOT_CONFORMING,
                    "the gradients differ by " + gradRelDifference + ", allowed is " + MOST_DIFFERENCE,
                    "report this with the versions of PyTorch and PEFT and this machine's processor");
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
