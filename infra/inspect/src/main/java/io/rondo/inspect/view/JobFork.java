package io.rondo.inspect.view;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobRecords;
import io.rondo.cli.job.JobSubmitter;
import io.rondo.cli.job.StartingPoint;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.log.Lineage;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.sign.SigningKey;
import java.util.Optional;
import java.util.OptionalInt;

/** A new job that continues from a round of another: its round 0 is that round's adapter. */
public final class JobFork {
    private final LogConnection connection;
    private final Optional<SigningKey> key;

    /** @param connection the cluster of the new job */
    public JobFork(LogConnection connection) {
        this(connection, Optional.empty());
    }

    /** @param key the operator's of the new job, if it has one */
    public JobFork(LogConnection connection, Optional<SigningKey> key) {
        this.key = key;
        this.connection = connection;
    }

    /**
     * Submits the new job; the old one is not touched.
     *
     * @param log the old job's, or that of a branch of it
     * @param round a published round
     * @param name name of the new job
     * @param rounds how many rounds it has; as many as the old one, if empty
     */
    public JobSubmitted submit(JobLog log, int round, String name, OptionalInt rounds) {
        JobRecords records = JobRecords.read(log);
        RoundPublished published = records.publication(round);
        JobSpec old = records.job().getSpec();
        JobSpec spec = JobSpec.newBuilder(old)
                .setName(name)
                .setRounds(rounds.orElse(old.getRounds()))
                .build();
        Lineage lineage = new Lineage(old.getName(), records.job().getJobUuid(), round, published.getDigest());
        return JobSubmitter.submit(
                connection,
                spec,
                new StartingPoint(
                        AdapterLayout.fromAvro(records.job().getLayout()),
                        Optional.of(lineage),
                        records.tensors(round)),
                key);
    }
}
