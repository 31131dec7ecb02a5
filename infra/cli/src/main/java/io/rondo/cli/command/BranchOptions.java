package io.rondo.cli.command;

import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which log a command looks at: a job's, or that of a branch of it. */
public final class BranchOptions {
    @Mixin
    private LogOptions log;

    @Option(
            names = "--branch",
            paramLabel = "NAME",
            description = "Read a branch of the job that `rondo replay` created.")
    private String branch;

    /** Opens the log; the caller closes it. */
    public OpenLog open(Console console) {
        return log.open(console, Optional.ofNullable(branch));
    }

    /** Refuses options that cannot be combined with an archive. */
    public void refuseWith(ArchiveOptions archive) {
        archive.refuse("--branch", Optional.ofNullable(branch), "branches are in no archive");
        log.refuseWith(archive);
    }
}
