package io.rondo.trainer.runtime;

import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.data.ColumnChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What one trainer service is told.
 *
 * @param log how to reach broker and registry
 * @param job name of the job
 * @param trainerId id of this trainer, unique in the job
 * @param stateDirectory where it keeps what must survive it; this trainer's alone
 * @param trainFile training examples of this site
 * @param testFile test examples of this site
 * @param pooledTestFile test examples of all sites together, where this site may have them
 * @param columns which columns of its files a trainer of texts reads
 * @param modelCache where converted built-in models are kept
 * @param threads threads that train
 * @param stateCacheMegabytes memory for states that never change, 0 for none
 * @param headOnlyBaseline whether the baseline of a frozen encoder is measured at the end
 * @param jobPatience how long to wait for a job that is not submitted yet, and for the trainer's key
 * @param key signs what the trainer sends, in a job that asks for it
 * @param policy what this site allows a job to ask for
 */
public record TrainerServiceSettings(
        LogConnection log,
        String job,
        String trainerId,
        Path stateDirectory,
        Path trainFile,
        Path testFile,
        Optional<Path> pooledTestFile,
        ColumnChoice columns,
        Path modelCache,
        int threads,
        int stateCacheMegabytes,
        boolean headOnlyBaseline,
        Duration jobPatience,
        Optional<SigningKey> key,
        Optional<SitePolicy> policy) {

    /** How long a trainer waits for its job where nothing else is said. */
    public static final Duration DEFAULT_JOB_PATIENCE = Duration.ofSeconds(60);

    /** @throws io.rondo.schemas.error.RondoException with {@code BAD_ID} when a name is not valid */
    public TrainerServiceSettings {
        Identifiers.requireJob(job);
        Identifiers.requireTrainer(trainerId);
        Objects.requireNonNull(log);
        Objects.requireNonNull(stateDirectory);
        Objects.requireNonNull(trainFile);
        Objects.requireNonNull(testFile);
        Objects.requireNonNull(pooledTestFile);
        Objects.requireNonNull(columns);
        Objects.requireNonNull(modelCache);
        Objects.requireNonNull(jobPatience);
        Objects.requireNonNull(key);
        Objects.requireNonNull(policy);
        if (threads < 1 || stateCacheMegabytes < 0) {
            throw new IllegalArgumentException(
                    "a trainer of " + threads + " threads with " + stateCacheMegabytes + " MB of states");
        }
    }

    /** Without a key and a policy. */
    public TrainerServiceSettings(
            LogConnection log,
            String job,
            String trainerId,
            Path stateDirectory,
            Path trainFile,
            Path testFile,
            Optional<Path> pooledTestFile,
            ColumnChoice columns,
            Path modelCache,
            int threads,
            int stateCacheMegabytes,
            boolean headOnlyBaseline,
            Duration jobPatience) {
        this(
                log,
                job,
                trainerId,
                stateDirectory,
                trainFile,
                testFile,
                pooledTestFile,
                columns,
                modelCache,
                threads,
                stateCacheMegabytes,
                headOnlyBaseline,
                jobPatience,
                Optional.empty(),
                Optional.empty());
    }

    /** The same, signing with a key. */
    public TrainerServiceSettings signingWith(Optional<SigningKey> signing) {
        return with(signing, policy);
    }

    /** The same under a site's policy. */
    public TrainerServiceSettings under(Optional<SitePolicy> allowed) {
        return with(key, allowed);
    }

    private TrainerServiceSettings with(Optional<SigningKey> signing, Optional<SitePolicy> allowed) {
        return new TrainerServiceSettings(
                log,
                job,
                trainerId,
                stateDirectory,
                trainFile,
                testFile,
                pooledTestFile,
                columns,
                modelCache,
                threads,
                stateCacheMegabytes,
                headOnlyBaseline,
                jobPatience,
                signing,
                allowed);
    }

    /** With the defaults of columns, cache and patience. */
    public TrainerServiceSettings(
            LogConnection log,
            String job,
            String trainerId,
            Path stateDirectory,
            Path trainFile,
            Path testFile,
            Optional<Path> pooledTestFile,
            Path modelCache,
            int threads,
            boolean headOnlyBaseline) {
        this(
                log,
                job,
                trainerId,
                stateDirectory,
                trainFile,
                testFile,
                pooledTestFile,
                ColumnChoice.AUTOMATIC,
                modelCache,
                threads,
                ComputeSettings.DEFAULT_STATE_CACHE_MEGABYTES,
                headOnlyBaseline,
                DEFAULT_JOB_PATIENCE);
    }
}
