package io.rondo.trainer.api.bench;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/** Compares a trainer's step with the rate of the machine's matrix products. Found by {@link ServiceLoader}. */
public interface TrainerBenchmark {
    /** The file of {@link #writeStep}. */
    String STEP_FILE = "step.safetensors";

    /** The name of the trainer, such as {@code nd4j}. */
    String name();

    /**
     * Measures.
     *
     * @param progress receives progress lines
     */
    StepMeasurement measure(StepBenchSettings settings, Consumer<String> progress);

    /**
     * Writes the files that another trainer needs for a comparison on the same step: the model as a Hugging Face directory
     * without a tokenizer, and {@value #STEP_FILE} with {@code ids} and {@code labels} of the batch and, of each trained
     * tensor, {@code value:NAME} and {@code gradient:NAME}, float32.
     *
     * @param directory an empty directory
     */
    void writeStep(StepBenchSettings settings, Path directory);

    /**
     * The library for the trainer's matrix products on this machine, measured in less than two seconds. Empty if the trainer
     * uses none.
     *
     * @param cache directory into which native libraries are unpacked
     */
    default Optional<ProductKernels> products(Path cache) {
        return Optional.empty();
    }

    /** @throws RondoException with {@link ErrorCode#COMMAND_NOT_INSTALLED} when no trainer has this name */
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
