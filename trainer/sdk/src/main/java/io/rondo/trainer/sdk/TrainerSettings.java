package io.rondo.trainer.sdk;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything that one site's trainer needs to open.
 *
 * @param model base model and adapter
 * @param trainerId id of the trainer; with the seed and the round it decides the order of examples
 * @param labels class labels in the order of the head's outputs
 * @param trainFile training examples of this site
 * @param testFile test examples of this site
 * @param pooledTestFile test examples of all sites together, where this site may have them
 * @param validationFile test examples of this site that choose a setting or a round, held out from those reported
 * @param localSteps optimizer steps in a round
 * @param batchSize examples in a step
 * @param maxLength longest input, in tokens
 * @param optimizer name of the optimizer, {@code sgd}
 * @param learningRate its step size
 * @param totalRounds rounds of the job, the budget of the head-only baseline
 * @param seed seed of the job
 * @param threads threads that train; the result does not depend on it
 * @param headOnlyBaseline whether {@link LocalTrainer#headOnlyBaseline()} will be asked for
 */
public record TrainerSettings(
        ModelSettings model,
        String trainerId,
        List<String> labels,
        Path trainFile,
        Path testFile,
        Optional<Path> pooledTestFile,
        Optional<Path> validationFile,
        int localSteps,
        int batchSize,
        int maxLength,
        String optimizer,
        double learningRate,
        int totalRounds,
        long seed,
        int threads,
        boolean headOnlyBaseline) {
    public TrainerSettings {
        labels = List.copyOf(labels);
        if (localSteps < 1 || batchSize < 1 || maxLength < 1 || totalRounds < 1 || threads < 1) {
            throw new IllegalArgumentException("steps, batch, length, rounds and threads are at least 1");
        }
    }
}
