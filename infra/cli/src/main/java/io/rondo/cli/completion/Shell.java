package io.rondo.cli.completion;

import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine;

/** A shell that completes commands and options of {@code rondo}. */
public enum Shell {
    BASH,
    ZSH,
    FISH;

    /** The text that the shell is to read, for every command that is installed. */
    public String script(CommandLine line) {
        return switch (this) {
            // for Zsh too: Picocli's script loads bashcompinit by itself
            case BASH, ZSH -> AutoComplete.bash(line.getCommandName(), line);
            case FISH -> FishCompletion.script(line);
        };
    }

    /** As the user types it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
