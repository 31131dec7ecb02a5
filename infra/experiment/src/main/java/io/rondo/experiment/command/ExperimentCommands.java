package io.rondo.experiment.command;

import io.rondo.cli.CommandModule;
import java.util.List;

/** The commands of this module. */
public final class ExperimentCommands implements CommandModule {
    @Override
    public List<Contribution> commands() {
        return List.of(Contribution.of(ExperimentCommand.class));
    }
}
