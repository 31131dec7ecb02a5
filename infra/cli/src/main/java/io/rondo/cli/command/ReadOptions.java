package io.rondo.cli.command;

import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import picocli.CommandLine.Mixin;

/** Which log a command looks at: that of a job or of a branch on a cluster, or an archive. */
public final class ReadOptions {
    @Mixin
    private BranchOptions cluster;

    @Mixin
    private ArchiveOptions archive;

    /**
     * Opens the log; the caller closes it.
     *
     * @param rounds the rounds whose updates the command reads
     */
    public OpenLog open(Console console, RoundRange rounds) {
        if (!archive.isGiven()) {
            return cluster.open(console);
        }
        cluster.refuseWith(archive);
        return archive.open(rounds);
    }

    /** The archive, if one is read. */
    public ArchiveOptions archive() {
        return archive;
    }
}
