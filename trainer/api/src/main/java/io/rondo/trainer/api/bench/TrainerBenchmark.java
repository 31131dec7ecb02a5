package io.rondo.trainer.api.bench;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/** Measures a trainer's step against what the machine's matrix unit allows. Found by {@link ServiceLoader}. */
public interface TrainerBenchmark {
    /** The file of {@link #writeStep}. */
    String STEP_FILE = "step.safetensors";

    /** The name of the trainer, such as {@code nd4j}. */
    String name();

    /**
     * Measures.
     *
     * @param progress receives the progress, a line at a time
     */
    StepMeasurement measure(StepBenchSettings settings, Consumer<String> progress);

    /**
     * Writes what another trainer needs to be compared with this one on the same step: the model as a Hugging Face directory
     * without a tokenizer, and {@value #STEP_FILE} with {@code ids} and {@code labels} of the batch and, of each trained
     * tensor, {@code value:NAME} and {@code gradient:NAME}, float32.
     *
     * @param directory an empty one
     */
    void writeStep(StepBenchSettings settings, Path directory);

    /**
     * What computes the trainer's matrix products on this machine, measured in less than two seconds. Empty if the trainer
     * has no library for them.
     *
     * @param cache where native libraries unpack themselves
     */
    default Optional<ProductKernels> products(Path cache) {
        return Optional.empty();
    }

    /** @throws RondoException with {@link ErrorCode#COMMAND_NOT_INSTALLED} when there is none of this name */
    static TrainerBenchmark named(String name) {
        return ServiceLoader.load(TrainerBenchmark.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(benchmark -> benchmark.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.COMMAND_NOT_INSTALLED,
                        "no benchmark of a trainer '" + name + "' is installed",
                        "add the trainer's jar and its libraries to the class path"));
    }
}
