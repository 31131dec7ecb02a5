package io.rondo.cli.command;

import io.rondo.cli.check.ClusterCheck;
import io.rondo.cli.check.Finding;
import io.rondo.cli.check.Role;
import io.rondo.cli.output.Console;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description = "Check connection, rights, limits, topics and registry, one line for each finding.",
        footer = {"", "Exit code 0 where the role can work, 1 where something is in the way."})
public final class CheckCommand extends ConsoleCommand {
    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "operator",
            description = "aggregator, trainer or operator. Default: ${DEFAULT-VALUE}.")
    private Role role;

    @Option(names = "--job", paramLabel = "NAME", description = "Also check the topics of this job.")
    private String job;

    @Mixin
    private ConnectionOptions connection;

    /** The JSON result. The job is null if none is named. */
    record Result(String role, String job, List<Finding.Result> findings) {}

    @Override
    public void run(Console console) {
        Optional<String> name = Optional.ofNullable(job).map(Identifiers::requireJob);
        List<Finding> findings = new ClusterCheck(connection.connection(), role, name).run();
        Result result = new Result(
                role.name().toLowerCase(Locale.ROOT),
                job,
                findings.stream().map(Finding::json).toList());
        console.result(
                result, findings.stream().map(Finding::line).collect(Collectors.joining(System.lineSeparator())));
        List<Finding> failed = findings.stream()
                .filter(finding -> finding.state() == Finding.State.FAIL)
                .toList();
        if (!failed.isEmpty()) {
            Finding first = failed.get(0);
            throw new RondoException(
                    first.code().orElseThrow(),
                    failed.size() + " of " + findings.size() + " checks failed; the first: " + first.text(),
                    first.next());
        }
    }
}
