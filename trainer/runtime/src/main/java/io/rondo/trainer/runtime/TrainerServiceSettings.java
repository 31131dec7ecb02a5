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
 * What one trainer service is told.
 *
 * @param log how to reach broker and registry
 * @param job name of the job
 * @param site the trainer's id, unique in the job, its files, and what it may use of the machine
 * @param stateDirectory where it keeps what must survive it; this trainer's alone
 * @param jobPatience how long to wait for a job that is not submitted yet, and for the trainer's key
 * @param key signs what the trainer sends, in a job that asks for it
 * @param policy what this site allows a job to ask for
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

    /** With the default patience, without a key and a policy. */
    public TrainerServiceSettings(LogConnection log, String job, SiteSettings site, Path stateDirectory) {
        this(log, job, site, stateDirectory, DEFAULT_JOB_PATIENCE, Optional.empty(), Optional.empty());
    }

    /** The same, signing with a key. */
    public TrainerServiceSettings signingWith(Optional<SigningKey> signing) {
        return new TrainerServiceSettings(log, job, site, stateDirectory, jobPatience, signing, policy);
    }

    /** The same under a site's policy. */
    public TrainerServiceSettings under(Optional<SitePolicy> allowed) {
        return new TrainerServiceSettings(log, job, site, stateDirectory, jobPatience, key, allowed);
    }
}
