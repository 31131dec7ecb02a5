package io.rondo.trainer.runtime;

import io.rondo.log.JobSubmitted;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;

/** Waits for a job to be submitted: a trainer may be started first. */
final class JobSearch {
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final LogConnection connection;
    private final String job;
    private final Duration patience;

    JobSearch(LogConnection connection, String job, Duration patience) {
        this.connection = connection;
        this.job = job;
        this.patience = patience;
    }

    /**
     * The job's submission; empty when stopped.
     *
     * @param waiting called once if the job is not submitted yet
     * @throws RondoException with {@link ErrorCode#JOB_NOT_FOUND} when it is not submitted in time
     */
    Optional<JobSubmitted> await(BooleanSupplier stopped, Runnable waiting) {
        long deadline = System.nanoTime() + patience.toNanos();
        try (Admin admin = connection.admin();
                RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            Optional<JobSubmitted> found = find(admin, codec);
            if (found.isEmpty()) {
                waiting.run();
            }
            while (found.isEmpty() && !stopped.getAsBoolean()) {
                if (System.nanoTime() > deadline) {
                    throw new RondoException(
                            ErrorCode.JOB_NOT_FOUND,
                            "no job '" + job + "' was submitted within " + patience.toSeconds() + " s",
                            "submit it with `rondo job submit`, or see `rondo job list` for the jobs that there are");
                }
                Thread.sleep(PAUSE.toMillis());
                found = find(admin, codec);
            }
            return found;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private Optional<JobSubmitted> find(Admin admin, RecordCodec codec) {
        try {
            Jobs.topics(connection, admin, job);
            return Jobs.find(connection, codec, job);
        } catch (RondoException e) {
            if (e.code() == ErrorCode.JOB_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
