package io.rondo.cli.command;

import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.LogConnection;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A job on a cluster. */
public final class JobOptions {
    @Option(names = "--job", required = true, paramLabel = "NAME", description = "The job's name.")
    private String job;

    @Mixin
    private ConnectionOptions connection;

    /** @throws io.rondo.schemas.error.RondoException when the name is not valid */
    public String job() {
        return Identifiers.requireJob(job);
    }

    public LogConnection connection() {
        return connection.connection();
    }
}
