package io.rondo.inspect.command;

import io.rondo.aggregator.log.JobLog;
import io.rondo.cli.command.BranchOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.KeyOptions;
import io.rondo.cli.command.Lineages;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.inspect.view.JobFork;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "fork", description = "Submit a new job whose round 0 is the adapter of a round of another job.")
public final class JobForkCommand extends ConsoleCommand {
    @Mixin
    private BranchOptions options;

    @Mixin
    private KeyOptions key;

    @Option(names = "--at", required = true, paramLabel = "N", description = "The round to continue from.")
    private int round;

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name of the new job.")
    private String name;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Rounds of the new job. Default: as many as the other job has.")
    private Integer rounds;

    /** The JSON result. */
    record Result(String job, String jobUuid, Lineages.Result lineage) {}

    @Override
    public void run(Console console) {
        Identifiers.requireJob(name);
        if (rounds != null && rounds < 1) {
            throw new RondoException(ErrorCode.BAD_CONFIG, "--rounds is " + rounds, "give 1 or more");
        }
        try (OpenLog open = options.open(console);
                JobLog log = open.records()) {
            JobSubmitted job = new JobFork(open.connection(), key.key())
                    .submit(log, round, name, rounds == null ? OptionalInt.empty() : OptionalInt.of(rounds));
            console.result(
                    new Result(name, job.getJobUuid(), Lineages.json(job.getLineage())),
                    "submitted job %s (%s), which continues %s%n  next: rondo aggregator --job %s, and rondo trainer --job %s at each site"
                            .formatted(name, job.getJobUuid(), Lineages.text(job.getLineage()), name, name));
        }
    }
}
