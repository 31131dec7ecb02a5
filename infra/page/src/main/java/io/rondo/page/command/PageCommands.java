package io.rondo.page.command;

import io.rondo.cli.CommandModule;
import java.util.List;

/** The commands of this module. */
public final class PageCommands implements CommandModule {
    @Override
    public List<Contribution> commands() {
        return List.of(Contribution.of(WebCommand.class));
    }
}
