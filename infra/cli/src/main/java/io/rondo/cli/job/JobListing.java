package io.rondo.cli.job;

import io.rondo.log.JobSubmitted;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;

/** Finds the jobs of a cluster by their commands topics. */
public final class JobListing {
    private static final long TIMEOUT_SECONDS = 30;

    private JobListing() {}

    /** Every job that was submitted, by name. */
    public static List<JobSubmitted> read(LogConnection connection) {
        try (Admin admin = connection.admin();
                RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            return names(admin).stream()
                    .map(JobTopics::jobOfCommands)
                    .flatMap(Optional::stream)
                    .map(job -> Jobs.find(connection, codec, job))
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    private static SortedSet<String> names(Admin admin) {
        try {
            return new TreeSet<>(admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "the broker did not list its topics: " + e.getMessage(),
                    "check --bootstrap-servers and that the broker runs",
                    e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
