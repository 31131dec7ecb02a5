package io.rondo.cli.command;

import io.rondo.cli.connection.OpenCluster;
import io.rondo.cli.output.Console;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which cluster a command works on: one that runs, or one in a directory. */
public final class ClusterOptions {
    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "A directory of `rondo demo` or `rondo up`; its broker and registry run until the command ends.")
    private Path directory;

    @Mixin
    private ConnectionOptions connection;

    /**
     * Reaches or starts the cluster; the caller closes it.
     *
     * @throws io.rondo.schemas.error.RondoException when there is none
     */
    public OpenCluster open(Console console) {
        return directory == null
                ? OpenCluster.of(connection.connection())
                : OpenCluster.in(directory, console::progress);
    }

    public Optional<Path> directory() {
        return Optional.ofNullable(directory);
    }
}
