package io.rondo.cli.completion;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Fish's completion, which Picocli does not write: a line for each subcommand and for each option. */
final class FishCompletion {
    /** The words of a command line so far without its options; a subcommand is offered behind its parent's words alone. */
    private static final String FUNCTIONS = """
            function __rondo_words
                string match --invert --regex '^-' -- (commandline --cut-at-cursor --current-process --tokenize)[2..-1]
            end
            function __rondo_at
                test (string join ' ' (__rondo_words)) = "$argv"
            end
            function __rondo_in
                string match --quiet -- "$argv *" (string join ' ' (__rondo_words) '')
            end
            """;

    private FishCompletion() {}

    static String script(CommandLine line) {
        List<String> lines = new ArrayList<>();
        add(line, List.of(), lines);
        return FUNCTIONS + String.join("\n", lines) + "\n";
    }

    private static void add(CommandLine command, List<String> path, List<String> lines) {
        String words = String.join(" ", path);
        command.getSubcommands().forEach((name, sub) -> {
            lines.add("complete -c rondo -f -n %s -a %s -d %s"
                    .formatted(quote("__rondo_at " + words), name, quote(summary(sub.getCommandSpec()))));
            List<String> below = new ArrayList<>(path);
            below.add(name);
            add(sub, below, lines);
        });
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.hidden()) {
                lines.add("complete -c rondo%s %s%s -d %s"
                        .formatted(
                                path.isEmpty() ? "" : " -n " + quote("__rondo_in " + words),
                                names(option),
                                values(option),
                                quote(String.join(" ", option.description()))));
            }
        }
    }

    private static String names(OptionSpec option) {
        return Arrays.stream(option.names())
                .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
                .collect(joining(" "));
    }

    private static String values(OptionSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        if (option.completionCandidates() == null) {
            return " -r";
        }
        List<String> candidates = new ArrayList<>();
        option.completionCandidates().forEach(candidates::add);
        return " -x -a " + quote(String.join(" ", candidates));
    }

    private static String summary(CommandSpec command) {
        return String.join(" ", command.usageMessage().description());
    }

    private static String quote(String text) {
        return "'" + text.replace("%n", " ").replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
