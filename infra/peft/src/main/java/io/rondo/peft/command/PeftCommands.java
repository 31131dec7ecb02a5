package io.rondo.peft.command;

import io.rondo.cli.CommandModule;
import java.util.List;

/** The commands of this module. */
public final class PeftCommands implements CommandModule {
    @Override
    public List<Contribution> commands() {
        return List.of(Contribution.of(ExportCommand.class), Contribution.of(ImportCommand.class));
    }
}
