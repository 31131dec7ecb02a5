package io.rondo.cli;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page of all commands with their options, as the commands themselves describe them. */
final class CommandReference {
    private static final Set<String> EVERYWHERE = Set.of("--help", "--version", "--json");

    private CommandReference() {}

    static String page(CommandLine line) {
        StringBuilder page = new StringBuilder();
        page.append("# Commands\n\n");
        page.append("The build writes this page from the commands, and fails when it is stale. To write it again:\n\n");
        page.append(
                "```\nmvn -B verify -pl infra/dist -am -Dtest=CommandReferenceTest -Drondo.reference.write=true \\\n");
        page.append("    -Dsurefire.failIfNoSpecifiedTests=false -DskipITs\n```\n\n");
        page.append("Every command takes `--help`. Most take `--json`: standard output then holds one object, and\n");
        page.append(
                "progress goes to standard error. The exit code is 0, 1 for a failure [with a code](../errors.md),\n");
        page.append("2 for a wrong command line, and 70 for a fault of the program.\n");
        add(line, page);
        return page.toString();
    }

    private static void add(CommandLine command, StringBuilder page) {
        for (CommandLine sub : new LinkedHashSet<>(command.getSubcommands().values())) {
            if (sub.getSubcommands().isEmpty()) {
                page.append('\n').append(section(sub.getCommandSpec()));
            }
            add(sub, page);
        }
    }

    private static String section(CommandSpec command) {
        StringBuilder section = new StringBuilder();
        section.append("## ").append(command.qualifiedName()).append("\n\n");
        section.append(text(command.usageMessage().description())).append("\n\n");
        List<String> words = new ArrayList<>(List.of(command.qualifiedName()));
        command.options().stream()
                .filter(ArgSpec::required)
                .forEach(option -> words.add(option.longestName() + " " + option.paramLabel()));
        command.positionalParameters().forEach(parameter -> words.add(label(parameter)));
        List<OptionSpec> options = command.options().stream()
                .filter(option -> !option.hidden() && !EVERYWHERE.contains(option.longestName()))
                .toList();
        if (!options.isEmpty()) {
            words.add("[OPTION...]");
        }
        section.append("```\n").append(String.join(" ", words)).append("\n```\n");
        if (!options.isEmpty() || !command.positionalParameters().isEmpty()) {
            section.append("\n| argument | meaning |\n|---|---|\n");
            command.positionalParameters()
                    .forEach(parameter -> section.append(row("`" + parameter.paramLabel() + "`", parameter)));
            options.forEach(option -> section.append(row(names(option), option)));
        }
        return section + footer(command.usageMessage().footer());
    }

    /** Prose as a paragraph, a table of examples as it stands. */
    private static String footer(String... lines) {
        String prose = text(lines);
        if (prose.isEmpty()) {
            return "";
        }
        boolean isTable = Arrays.stream(lines).anyMatch(line -> line.strip().contains("  "));
        return isTable ? "\n```\n" + String.join("\n", lines).strip() + "\n```\n" : "\n" + prose + "\n";
    }

    private static String label(PositionalParamSpec parameter) {
        String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
        return parameter.required() ? label : "[" + label + "]";
    }

    private static String names(OptionSpec option) {
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        return Arrays.stream(option.names())
                .map(name -> "`" + name + value + "`")
                .collect(joining(", "));
    }

    private static String row(String name, ArgSpec argument) {
        return "| %s | %s |\n".formatted(name, text(argument.description()).replace("|", "\\|"));
    }

    /** Picocli's variables and line breaks resolved, in one paragraph a blank line. */
    private static String text(String... lines) {
        return String.join(" ", lines)
                .replaceAll("\\s*%n\\s*", " ")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
