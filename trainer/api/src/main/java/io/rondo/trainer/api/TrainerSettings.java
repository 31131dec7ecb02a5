package io.rondo.trainer.api;

import io.rondo.trainer.data.ColumnChoice;
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
 * @param columns which columns of its files a trainer of texts reads
 * @param steps what is done in a round
 * @param optimizer the optimizer of its steps
 * @param totalRounds rounds of the job: the budget of the head-only baseline, and what a schedule of the learning rate
 *     is about
 * @param seed seed of the job
 * @param threads threads that train; the result does not depend on it
 * @param stateCacheMegabytes memory for states of examples below the lowest adapted layer, which never change; 0 for
 *     none; the result does not depend on it
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
        ColumnChoice columns,
        StepSettings steps,
        OptimizerSettings optimizer,
        int totalRounds,
        long seed,
        int threads,
        int stateCacheMegabytes,
        boolean headOnlyBaseline) {

    /** Enough for some ten thousand sentences of a small model. */
    public static final int DEFAULT_STATE_CACHE_MEGABYTES = 512;

    public TrainerSettings {
        labels = List.copyOf(labels);
        if (totalRounds < 1 || threads < 1 || stateCacheMegabytes < 0) {
            throw new IllegalArgumentException(
                    totalRounds + " rounds, " + threads + " threads, " + stateCacheMegabytes + " MB of states");
        }
    }

    /** With the columns that are found by their names. */
    public TrainerSettings(
            ModelSettings model,
            String trainerId,
            List<String> labels,
            Path trainFile,
            Path testFile,
            Optional<Path> pooledTestFile,
            Optional<Path> validationFile,
            StepSettings steps,
            OptimizerSettings optimizer,
            int totalRounds,
            long seed,
            int threads,
            int stateCacheMegabytes,
            boolean headOnlyBaseline) {
        this(
                model,
                trainerId,
                labels,
                trainFile,
                testFile,
                pooledTestFile,
                validationFile,
                ColumnChoice.AUTOMATIC,
                steps,
                optimizer,
                totalRounds,
                seed,
                threads,
                stateCacheMegabytes,
                headOnlyBaseline);
    }
}
