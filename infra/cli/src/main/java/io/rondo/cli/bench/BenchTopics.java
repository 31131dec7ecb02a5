package io.rondo.cli.bench;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;

/** The topics that a benchmark leaves in a cluster that is not its own. */
final class BenchTopics {
    private BenchTopics() {}

    static String prefix(String job) {
        return "rondo." + job + '.';
    }

    /** Deletes all topics of a benchmark's job; its name is random, so that no other job has it. */
    static void delete(LogConnection connection, String job) {
        try (Admin admin = connection.admin()) {
            Set<String> topics = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix(job)))
                    .collect(Collectors.toSet());
            admin.deleteTopics(topics).all().get();
        } catch (ExecutionException e) {
            throw new RondoException(
                    ErrorCode.BROKER_REFUSED,
                    "topics " + prefix(job) + "* cannot be deleted: "
                            + e.getCause().getMessage(),
                    "delete them by hand",
                    e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
