package io.rondo.conformance.command;

import io.rondo.cli.CommandModule;
import java.util.List;

/** The commands of this module. */
public final class ConformanceCommands implements CommandModule {
    @Override
    public List<Contribution> commands() {
        return List.of(Contribution.of(ConformanceCommand.class));
    }
}
