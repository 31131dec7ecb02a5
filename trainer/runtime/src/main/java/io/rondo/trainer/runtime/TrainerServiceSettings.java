package io.rondo.trainer.runtime;

import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.trainer.api.SiteSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings of one trainer service.
 *
 * @param log how to reach broker and registry
 * @param job name of the job
 * @param site the trainer's id, unique in the job, its files, and its share of the machine
 * @param stateDirectory directory of its durable state; used only by this trainer
 * @param jobPatience how long to wait for the job's submission and for the trainer's key
 * @param key signs the trainer's records, in a job that requires it
 * @param policy what this site allows a job to request
 */
public record TrainerServiceSettings(
        LogConnection log,
        String job,
        SiteSettings site,
        Path stateDirectory,
        Duration jobPatience,
        Optional<SigningKey> key,
        Optional<SitePolicy> policy) {

    private static final Duration DEFAULT_JOB_PATIENCE = Duration.ofSeconds(60);

    /** @throws io.rondo.schemas.error.RondoException with {@code BAD_ID} when a name is not valid */
    public TrainerServiceSettings {
        Identifiers.requireJob(job);
        Identifiers.requireTrainer(site.trainerId());
        Objects.requireNonNull(log);
        Objects.requireNonNull(stateDirectory);
        Objects.requireNonNull(jobPatience);
        Objects.requireNonNull(key);
        Objects.requireNonNull(policy);
    }

    /** With the default wait, without a key and a policy. */
    public TrainerServiceSettings(LogConnection log, String job, SiteSettings site, Path stateDirectory) {
        this(log, job, site, stateDirectory, DEFAULT_JOB_PATIENCE, Optional.empty(), Optional.empty());
    }

    /** The same, signing with a key. */
    public TrainerServiceSettings signingWith(Optional<SigningKey> signing) {
        return new TrainerServiceSettings(log, job, site, stateDirectory, jobPatience, signing, policy);
    }

    /** The same with a site's policy. */
    public TrainerServiceSettings under(Optional<SitePolicy> allowed) {
        return new TrainerServiceSettings(log, job, site, stateDirectory, jobPatience, key, allowed);
    }
}
