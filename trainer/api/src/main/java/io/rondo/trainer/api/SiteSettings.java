package io.rondo.trainer.api;

import io.rondo.trainer.data.ColumnChoice;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a site brings to a job, whatever the job is.
 *
 * @param trainerId id of its trainer
 * @param trainFile its training examples
 * @param testFile its test examples
 * @param pooledTestFile test examples of all sites together, where it may have them
 * @param validationFile examples that choose a setting or a round
 * @param columns which columns of its files a trainer of texts reads
 * @param modelCache where built-in models are kept
 * @param threads threads that train; the result does not depend on it
 * @param stateCacheMegabytes memory for states that never change, 0 for none; the result does not depend on it
 * @param headOnlyBaseline whether {@link LocalTrainer#headOnlyBaseline()} will be asked for
 */
public record SiteSettings(
        String trainerId,
        Path trainFile,
        Path testFile,
        Optional<Path> pooledTestFile,
        Optional<Path> validationFile,
        ColumnChoice columns,
        Path modelCache,
        int threads,
        int stateCacheMegabytes,
        boolean headOnlyBaseline) {

    /** With the default cache, and the columns that are found by their names. */
    public SiteSettings(
            String trainerId,
            Path trainFile,
            Path testFile,
            Optional<Path> pooledTestFile,
            Optional<Path> validationFile,
            Path modelCache,
            int threads,
            boolean headOnlyBaseline) {
        this(
                trainerId,
                trainFile,
                testFile,
                pooledTestFile,
                validationFile,
                ColumnChoice.AUTOMATIC,
                modelCache,
                threads,
                TrainerSettings.DEFAULT_STATE_CACHE_MEGABYTES,
                headOnlyBaseline);
    }
}
