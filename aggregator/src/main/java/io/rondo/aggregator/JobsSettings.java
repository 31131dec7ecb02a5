package io.rondo.aggregator;

import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.sign.SigningKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Settings of an aggregator process that serves many jobs.
 *
 * @param log the cluster and the registry
 * @param jobs which jobs it serves
 * @param instanceId identifies this instance among others that serve the same jobs, {@code [a-z0-9-]{1,48}}
 * @param stateDirectory where the instance's identity is kept, in a folder for each job
 * @param look how often it looks for new and deleted jobs
 * @param firstPause pause before a failed job is restarted; doubled each time
 * @param longestPause the longest of these pauses; after a job has run this long, the pause is reset to the first
 * @param linger how long a job that is over is still served
 * @param key signs the records that trainers act on, in the jobs that name it
 */
public record JobsSettings(
        LogConnection log,
        JobPattern jobs,
        String instanceId,
        Path stateDirectory,
        Duration look,
        Duration firstPause,
        Duration longestPause,
        Duration linger,
        Optional<SigningKey> key) {
    /** During submission, some of a job's topics exist before the others. */
    private static final Duration SUBMISSION = Duration.ofSeconds(30);

    public JobsSettings {
        Objects.requireNonNull(log);
        Objects.requireNonNull(jobs);
        Objects.requireNonNull(stateDirectory);
        Objects.requireNonNull(look);
        Objects.requireNonNull(linger);
        Objects.requireNonNull(key);
        Identifiers.requireInstance(instanceId);
        if (firstPause.isNegative() || firstPause.isZero() || longestPause.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException(
                    "the first pause is more than 0 and no more than the longest, not " + firstPause);
        }
    }

    /** Looks every 2 s, pauses from 2 s to 5 min, lingers for 1 min. */
    public JobsSettings(LogConnection log, JobPattern jobs, String instanceId, Path stateDirectory) {
        this(
                log,
                jobs,
                instanceId,
                stateDirectory,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                Optional.empty());
    }

    /** The same settings with a key. */
    public JobsSettings signingWith(Optional<SigningKey> signing) {
        return new JobsSettings(log, jobs, instanceId, stateDirectory, look, firstPause, longestPause, linger, signing);
    }

    AggregatorSettings of(String job) {
        return new AggregatorSettings(log, job, instanceId, stateDirectory, 1, SUBMISSION, key);
    }

    Duration pauseAfter(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(longestPause) > 0 ? longestPause : doubled;
    }
}
