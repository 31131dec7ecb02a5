package io.rondo.cli;

import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.output.Console;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Replaces a command whose module is not installed. */
@Command(hidden = true, description = "This command is not installed.")
final class AbsentCommand extends ConsoleCommand {
    private final String name;
    private final String module;

    @Unmatched
    private final List<String> ignored = new ArrayList<>();

    AbsentCommand(String name, String module) {
        this.name = name;
        this.module = module;
    }

    @Override
    public void run(Console console) {
        throw new RondoException(
                ErrorCode.COMMAND_NOT_INSTALLED,
                "'rondo " + name + "' is not part of this installation",
                "add " + module + " to the class path, or run it from an installation that has it");
    }
}
