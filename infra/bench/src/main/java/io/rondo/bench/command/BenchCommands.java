package io.rondo.bench.command;

import io.rondo.cli.CommandModule;
import java.util.List;

/** The commands of this module. */
public final class BenchCommands implements CommandModule {
    @Override
    public List<Contribution> commands() {
        return List.of(Contribution.of(BenchCommand.class));
    }
}
