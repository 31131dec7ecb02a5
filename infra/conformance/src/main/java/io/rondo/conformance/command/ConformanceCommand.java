package io.rondo.conformance.command;

import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.output.Console;
import io.rondo.conformance.ConformanceKit;
import io.rondo.conformance.ConformanceReport;
import io.rondo.conformance.JUnitReport;
import io.rondo.conformance.Outcome;
import io.rondo.conformance.ReportText;
import io.rondo.conformance.process.CommandProgram;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.scenario.Scenarios;
import io.rondo.conformance.stage.Cluster;
import io.rondo.conformance.stage.Pace;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "conformance",
        description = "Play the aggregator of small jobs against a trainer, and judge it from the log alone.",
        footer = {
            "",
            "The trainer is started with these variables: RONDO_BOOTSTRAP_SERVERS, RONDO_SCHEMA_REGISTRY, RONDO_JOB,"
                    + " RONDO_TRAINER, RONDO_STATE_DIR, RONDO_MODEL, RONDO_TRAIN, RONDO_TEST, and RONDO_KEY in a"
                    + " signed job.",
            "docs/how-to/conformance.md says what each scenario does."
        })
public final class ConformanceCommand extends ConsoleCommand {
    private static final int MILLIS = 1000;

    @Option(names = "--list", description = "List the scenarios without running them.")
    private boolean list;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Run only these scenarios; may be repeated.")
    private List<String> only = List.of();

    @Option(
            names = "--quick",
            description = "Run the fast scenarios, and those that only a real process can fail; takes some minutes.")
    private boolean quick;

    @Option(names = "--junit", paramLabel = "FILE", description = "Also write the report as JUnit XML.")
    private Path junit;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT,…",
            description = "A Kafka cluster to use. Default: one of the kit's own.")
    private String bootstrapServers;

    @Option(names = "--schema-registry", paramLabel = "URL", description = "Its schema registry.")
    private String schemaRegistry;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "An empty directory for the cluster, the trainer's states and its output. It is kept.")
    private Path directory;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait for expected records. Default: ${DEFAULT-VALUE}.")
    private int patience;

    @Option(
            names = "--quiet",
            paramLabel = "SECONDS",
            defaultValue = "1.5",
            description = "How long to wait for unexpected records. Default: ${DEFAULT-VALUE}.")
    private double quiet;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description = "Concurrent scenarios. Default: ${DEFAULT-VALUE}.")
    private int parallel;

    @Mixin
    private TaskOptions task;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The trainer and its arguments, after --.")
    private List<String> command = List.of();

    @Override
    public void run(Console console) {
        List<Scenario> scenarios = chosen();
        if (list) {
            console.result(json(scenarios), text(scenarios));
            return;
        }
        requireCommand();
        Path home = home();
        console.progress("the trainer's states and outputs are in " + home);
        ConformanceReport report = play(scenarios, home, console);
        if (junit != null) {
            JUnitReport.write(report, junit);
        }
        console.result(report.json(), ReportText.of(report));
        requireConforming(report);
    }

    private ConformanceReport play(List<Scenario> scenarios, Path home, Console console) {
        if (bootstrapServers == null) {
            console.progress("starting a broker and a registry");
        }
        Pace pace = new Pace(Duration.ofSeconds(patience), Duration.ofMillis((long) (quiet * MILLIS)));
        try (Cluster cluster = bootstrapServers == null
                ? Cluster.start(home.resolve("cluster"))
                : Cluster.given(bootstrapServers, schemaRegistry)) {
            return new ConformanceKit(cluster, pace, task.tasks(home), home, parallel)
                    .play(new CommandProgram(command), scenarios, outcome -> tell(console, outcome));
        }
    }

    private static void tell(Console console, Outcome outcome) {
        console.progress(String.format(
                Locale.ROOT,
                "%-4s  %-20s  %4.1f s%s",
                outcome.verdict(),
                outcome.scenario().name(),
                outcome.seconds(),
                outcome.reason().isEmpty()
                        ? ""
                        : "  " + outcome.reason().lines().findFirst().orElse("")));
    }

    private List<Scenario> chosen() {
        List<Scenario> all = Scenarios.all();
        Set<String> unknown = new TreeSet<>(only);
        all.forEach(scenario -> unknown.remove(scenario.name()));
        if (!unknown.isEmpty()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "there is no scenario '" + unknown.iterator().next() + "'",
                    "see rondo conformance --list");
        }
        return (quick ? Scenarios.quick() : all)
                .stream()
                        .filter(scenario -> only.isEmpty() || only.contains(scenario.name()))
                        .toList();
    }

    private void requireCommand() {
        if (command.isEmpty()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "no trainer is given",
                    "give its command after --, such as: rondo conformance -- ./my-trainer");
        }
        if ((bootstrapServers == null) != (schemaRegistry == null)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--bootstrap-servers and --schema-registry belong together",
                    "give both, or none for a cluster of the kit's own");
        }
        if (patience < 1 || !(quiet >= 0) || quiet > patience || parallel < 1) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--patience " + patience + " --quiet " + quiet + " --parallel " + parallel + " do not fit together",
                    "give a patience of 1 or more, a shorter quiet time and 1 or more scenarios at a time");
        }
    }

    private Path home() {
        try {
            if (directory == null) {
                return Files.createTempDirectory("rondo-conformance-");
            }
            Path home = Files.createDirectories(directory.toAbsolutePath().normalize());
            try (var files = Files.list(home)) {
                if (files.findAny().isPresent()) {
                    throw new RondoException(
                            ErrorCode.BAD_CONFIG, "--dir " + directory + " is not empty", "give a new directory");
                }
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireConforming(ConformanceReport report) {
        List<Outcome> violations = report.violations();
        if (!violations.isEmpty()) {
            Outcome first = violations.get(0);
            throw new RondoException(
                    ErrorCode.NOT_CONFORMING,
                    "%d of %d scenarios failed; the first: %s: %s"
                            .formatted(
                                    violations.size(),
                                    report.outcomes().size(),
                                    first.scenario().name(),
                                    first.reason().lines().findFirst().orElse("")),
                    "read section " + first.scenario().section()
                            + " of schemas/README.md, and play it alone with --only "
                            + first.scenario().name());
        }
    }

    /** The JSON result of {@code --list}. */
    record Listing(List<ScenarioRow> scenarios) {
        record ScenarioRow(String name, String level, String section, String requirement) {}
    }

    private static Listing json(List<Scenario> scenarios) {
        return new Listing(scenarios.stream()
                .map(scenario -> new Listing.ScenarioRow(
                        scenario.name(), scenario.level().name(), scenario.section(), scenario.requirement()))
                .toList());
    }

    private static String text(List<Scenario> scenarios) {
        return scenarios.stream()
                .map(scenario -> String.format(
                        Locale.ROOT,
                        "%-6s  %-20s  %-23s  %s",
                        scenario.level(),
                        scenario.name(),
                        scenario.section(),
                        scenario.requirement()))
                .collect(Collectors.joining(System.lineSeparator()));
    }
}
