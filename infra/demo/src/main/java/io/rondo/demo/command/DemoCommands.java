package io.rondo.demo.command;

import io.rondo.cli.CommandModule;
import java.util.List;

/** The commands of this module. */
public final class DemoCommands implements CommandModule {
    @Override
    public List<Contribution> commands() {
        return List.of(Contribution.of(DemoCommand.class));
    }
}
