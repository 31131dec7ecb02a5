package io.rondo.e2e;

import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import java.util.List;

/** Starts aggregators of a job. */
final class Aggregators {
    private final LogConnection connection;
    private final String job;

    Aggregators(LogConnection connection, String job) {
        this.connection = connection;
        this.job = job;
    }

    JavaProcess start(String instance, Path stateDirectory) {
        return start(instance, stateDirectory, List.of());
    }

    /** @param jvmArguments options of its JVM, such as another heap */
    JavaProcess start(String instance, Path stateDirectory, List<String> jvmArguments) {
        return JavaProcess.start(
                AggregatorMain.class,
                jvmArguments,
                List.of(
                        connection.bootstrapServers(),
                        connection.schemaRegistry(),
                        job,
                        instance,
                        stateDirectory.toString()));
    }
}
