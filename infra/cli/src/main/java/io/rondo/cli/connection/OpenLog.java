package io.rondo.cli.connection;

import io.rondo.aggregator.archive.Archive;
import io.rondo.aggregator.archive.ArchiveJobLog;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.cli.job.JobListing;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One job's log: on a reachable cluster, which is closed with it, or in an archive. */
public final class OpenLog implements AutoCloseable {
    private final Optional<OpenCluster> cluster;
    private final String job;
    private final Supplier<JobLog> records;

    private OpenLog(Optional<OpenCluster> cluster, String job, Supplier<JobLog> records) {
        this.cluster = cluster;
        this.job = job;
        this.records = records;
    }

    /** A job in an archive, read without broker or registry. */
    public static OpenLog of(Archive archive) {
        return new OpenLog(Optional.empty(), archive.index().job(), () -> new ArchiveJobLog(archive));
    }

    /**
     * A job of a cluster. Closing the log closes the cluster.
     *
     * @param job its name; the only job of the cluster, if empty
     * @param branch a branch of the job; the job itself, if empty
     * @throws RondoException with {@code JOB_NOT_FOUND} when there is none, {@code BAD_CONFIG} when there are several
     */
    public static OpenLog of(OpenCluster cluster, Optional<String> job, Optional<String> branch) {
        try {
            String name = job.orElseGet(() -> onlyJob(cluster.connection()));
            return new OpenLog(Optional.of(cluster), name, () -> KafkaJobLog.open(cluster.connection(), name, branch));
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private static String onlyJob(LogConnection connection) {
        List<String> jobs = JobListing.read(connection).stream()
                .map(submitted -> submitted.getSpec().getName())
                .toList();
        if (jobs.size() == 1) {
            return jobs.get(0);
        }
        throw jobs.isEmpty()
                ? new RondoException(
                        ErrorCode.JOB_NOT_FOUND,
                        "no job has been submitted to " + connection.bootstrapServers(),
                        "submit one with `rondo job submit`, or check the address")
                : new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "there are several jobs: " + String.join(", ", jobs),
                        "choose one by --job");
    }

    /** The cluster; calling this for a log in an archive is an error. */
    public LogConnection connection() {
        return cluster.orElseThrow(() -> new IllegalStateException("an archive has no broker"))
                .connection();
    }

    /** The records of the job or the branch; the caller closes them before this. */
    public JobLog records() {
        return records.get();
    }

    /** Name of the job. */
    public String job() {
        return job;
    }

    @Override
    public void close() {
        cluster.ifPresent(OpenCluster::close);
    }
}
