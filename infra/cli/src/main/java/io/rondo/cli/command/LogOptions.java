package io.rondo.cli.command;

import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.schemas.adapter.Identifiers;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which job's log a command reads. */
public final class LogOptions {
    @Option(names = "--job", paramLabel = "NAME", description = "The job's name. Default: the only job.")
    private String job;

    @Mixin
    private ClusterOptions cluster;

    /** Opens the log of the job itself; the caller closes it. */
    public OpenLog open(Console console) {
        return open(console, Optional.empty());
    }

    /**
     * Opens the log; the caller closes it.
     *
     * @param branch a branch of the job; the job itself, if empty
     * @throws io.rondo.schemas.error.RondoException when there is no such log, or the name is not valid
     */
    public OpenLog open(Console console, Optional<String> branch) {
        Optional<String> name = Optional.ofNullable(job).map(Identifiers::requireJob);
        return OpenLog.of(cluster.open(console), name, branch);
    }

    /**
     * Opens the log of the job itself, in an archive if one is given; the caller closes it.
     *
     * @param rounds the rounds whose updates the command reads
     */
    public OpenLog open(Console console, ArchiveOptions archive, RoundRange rounds) {
        if (!archive.isGiven()) {
            return open(console);
        }
        refuseWith(archive);
        return archive.open(rounds);
    }

    /** Refuses options that cannot be combined with an archive. */
    public void refuseWith(ArchiveOptions archive) {
        archive.refuse("--job", Optional.ofNullable(job), "an archive holds one job");
        archive.refuse("--dir", directory(), "an archive is read without a cluster");
    }

    /** The directory of the cluster, where it is one. */
    public Optional<Path> directory() {
        return cluster.directory();
    }
}
