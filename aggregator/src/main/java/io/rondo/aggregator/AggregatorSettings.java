package io.rondo.aggregator;

import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.sign.SigningKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Settings of one aggregator process.
 *
 * @param log the cluster and the registry
 * @param job name of the job that it serves
 * @param instanceId identifies this instance among others of the same job, {@code [a-z0-9-]{1,48}}; a restarted instance
 *     keeps its id and resumes without waiting for the old session to time out
 * @param stateDirectory where the instance's identity is kept; best on a volume that survives the process
 * @param threads Streams threads
 * @param jobTimeout how long to wait for the job to be submitted
 * @param key signs the records that trainers act on, if the job names the aggregator's key
 */
public record AggregatorSettings(
        LogConnection log,
        String job,
        String instanceId,
        Path stateDirectory,
        int threads,
        Duration jobTimeout,
        Optional<SigningKey> key) {
    private static final Duration DEFAULT_JOB_TIMEOUT = Duration.ofDays(3650);

    public AggregatorSettings {
        Objects.requireNonNull(log);
        Objects.requireNonNull(stateDirectory);
        Objects.requireNonNull(key);
        Identifiers.requireJob(job);
        Identifiers.requireInstance(instanceId);
        if (threads < 1) {
            throw new IllegalArgumentException("threads are at least 1, not " + threads);
        }
    }

    /** Without a key. */
    public AggregatorSettings(
            LogConnection log, String job, String instanceId, Path stateDirectory, int threads, Duration jobTimeout) {
        this(log, job, instanceId, stateDirectory, threads, jobTimeout, Optional.empty());
    }

    /** The same settings with a key. */
    public AggregatorSettings signingWith(Optional<SigningKey> signing) {
        return new AggregatorSettings(log, job, instanceId, stateDirectory, threads, jobTimeout, signing);
    }

    /** One thread, and no limit on waiting for the job. */
    public AggregatorSettings(LogConnection log, String job, String instanceId, Path stateDirectory) {
        this(log, job, instanceId, stateDirectory, 1, DEFAULT_JOB_TIMEOUT);
    }
}
