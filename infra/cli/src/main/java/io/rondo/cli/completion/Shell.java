package io.rondo.cli.completion;

import java.util.Locale;
import java.util.function.Function;
import picocli.AutoComplete;
import picocli.CommandLine;

/** A shell that completes commands and options of {@code rondo}. */
public enum Shell {
    BASH(Shell::bash),
    /** Through bashcompinit, which Picocli's script loads by itself. */
    ZSH(Shell::bash),
    FISH(FishCompletion::script);

    private final Function<CommandLine, String> script;

    Shell(Function<CommandLine, String> script) {
        this.script = script;
    }

    /** The text that the shell is to read, for every command that is installed. */
    public String script(CommandLine line) {
        return script.apply(line);
    }

    /** As the user types it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String bash(CommandLine line) {
        return AutoComplete.bash(line.getCommandName(), line);
    }
}
