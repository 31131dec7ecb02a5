package io.rondo.cli;

import io.rondo.cli.command.AggregatorCommand;
import io.rondo.cli.command.ArchiveCommand;
import io.rondo.cli.command.CheckCommand;
import io.rondo.cli.command.CompletionCommand;
import io.rondo.cli.command.JobCommand;
import io.rondo.cli.command.KeysCommand;
import io.rondo.cli.command.RestoreCommand;
import io.rondo.cli.command.SecurityCommand;
import io.rondo.cli.command.TopicsCommand;
import io.rondo.cli.command.TrainerCommand;
import io.rondo.cli.command.UpCommand;
import io.rondo.cli.command.VersionCommand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The commands of this installation: the command line's own, and those of the modules on the class path. A command whose
 * module is not installed is included, and reports that.
 */
final class Commands {
    private static final List<Class<?>> OWN = List.of(
            UpCommand.class,
            AggregatorCommand.class,
            TrainerCommand.class,
            JobCommand.class,
            KeysCommand.class,
            CheckCommand.class,
            SecurityCommand.class,
            TopicsCommand.class,
            ArchiveCommand.class,
            RestoreCommand.class,
            VersionCommand.class,
            CompletionCommand.class);

    /** Every command in the order of the help, with the module that provides it. */
    private static final List<Place> ORDER = List.of(
            new Place("demo", "rondo-demo"),
            new Place("up", ""),
            new Place("aggregator", ""),
            new Place("trainer", ""),
            new Place("job", ""),
            new Place("keys", ""),
            new Place("check", ""),
            new Place("topics", ""),
            new Place("security", ""),
            new Place("rounds", "rondo-inspect"),
            new Place("round", "rondo-inspect"),
            new Place("trainers", "rondo-inspect"),
            new Place("diff", "rondo-inspect"),
            new Place("similarity", "rondo-inspect"),
            new Place("verify", "rondo-inspect"),
            new Place("replay", "rondo-inspect"),
            new Place("web", "rondo-page"),
            new Place("archive", ""),
            new Place("restore", ""),
            new Place("experiment", "rondo-experiment"),
            new Place("export", "rondo-peft"),
            new Place("import", "rondo-peft"),
            new Place("bench", "rondo-bench"),
            new Place("conformance", "rondo-conformance"),
            new Place("version", ""),
            new Place("completion", ""));

    private Commands() {}

    private record Place(String name, String module) {}

    /** The command line with every command of this installation. */
    static CommandLine line(Iterable<CommandModule> modules) {
        Map<String, CommandLine> found = new HashMap<>();
        OWN.forEach(type -> found.put(name(type), new CommandLine(type)));
        modules.forEach(module -> module.commands().stream()
                .filter(contribution -> contribution.parent().isEmpty())
                .forEach(contribution -> found.put(name(contribution.type()), new CommandLine(contribution.type()))));
        modules.forEach(module -> module.commands().stream()
                .filter(contribution -> !contribution.parent().isEmpty())
                .forEach(contribution ->
                        found.get(contribution.parent()).addSubcommand(new CommandLine(contribution.type()))));
        CommandLine line = new CommandLine(new Main());
        for (Place place : ORDER) {
            CommandLine command = found.remove(place.name());
            line.addSubcommand(
                    place.name(),
                    command != null ? command : new CommandLine(new AbsentCommand(place.name(), place.module())));
        }
        found.values().forEach(line::addSubcommand);
        return line.setCaseInsensitiveEnumValuesAllowed(true);
    }

    static Iterable<CommandModule> installed() {
        return ServiceLoader.load(CommandModule.class);
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }
}
