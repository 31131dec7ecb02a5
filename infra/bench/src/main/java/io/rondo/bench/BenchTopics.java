package io.rondo.bench;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;

/** The topics that a benchmark leaves in a cluster that is not its own. */
final class BenchTopics {
    private BenchTopics() {}

    /** Deletes all topics of a benchmark's job; its name is random, so that no other job has it. */
    static void delete(LogConnection connection, String job) {
        String prefix = new JobTopics(job, 1, 1).prefix();
        try (Admin admin = connection.admin()) {
            Set<String> topics = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix))
                    .collect(Collectors.toSet());
            admin.deleteTopics(topics).all().get();
        } catch (ExecutionException e) {
            throw new RondoException(
                    ErrorCode.BROKER_REFUSED,
                    "topics " + prefix + "* cannot be deleted: " + e.getCause().getMessage(),
                    "delete them by hand",
                    e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
