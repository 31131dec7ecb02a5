package io.rondo.cli.job;

import io.rondo.log.JobSubmitted;
import io.rondo.schemas.client.ClientFailures.Attempt;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.acl.AclOperation;

/** Finds the jobs of a cluster by their commands topics. */
public final class JobListing {
    private JobListing() {}

    /** Every job that was submitted, by name. */
    public static List<JobSubmitted> read(LogConnection connection) {
        try (Admin admin = connection.admin();
                RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            List<String> jobs = names(connection, admin).stream()
                    .map(JobTopics::jobOfCommands)
                    .flatMap(Optional::stream)
                    .toList();
            if (jobs.isEmpty()) {
                requireSight(connection, admin);
            }
            return List.copyOf(Jobs.find(connection, codec, jobs).values());
        }
    }

    /** A broker silently omits topics that a user may not describe. */
    private static void requireSight(LogConnection connection, Admin admin) {
        Attempt attempt = new Attempt("list the jobs", "DESCRIBE", "topics whose names begin with rondo.");
        Set<AclOperation> allowed = connection
                .failures()
                .await(
                        admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                                .authorizedOperations(),
                        attempt);
        if (allowed != null && !allowed.contains(AclOperation.DESCRIBE)) {
            throw new RondoException(
                    ErrorCode.BROKER_REFUSED,
                    connection.principal() + " sees no job: there is none, or this user may not DESCRIBE topics whose"
                            + " names begin with rondo.",
                    "let an administrator allow it, or check --kafka-config");
        }
    }

    private static SortedSet<String> names(LogConnection connection, Admin admin) {
        return new TreeSet<>(connection
                .failures()
                .await(admin.listTopics().names(), new Attempt("list the topics", "DESCRIBE", "topics")));
    }
}
