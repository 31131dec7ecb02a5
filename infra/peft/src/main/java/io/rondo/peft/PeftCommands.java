package io.rondo.peft;

import io.rondo.cli.CommandModule;
import io.rondo.peft.command.ExportCommand;
import io.rondo.peft.command.ImportCommand;
import java.util.List;

/** The commands of this module. */
public final class PeftCommands implements CommandModule {
    @Override
    public List<Contribution> commands() {
        return List.of(Contribution.of(ExportCommand.class), Contribution.of(ImportCommand.class));
    }
}
