package io.rondo.inspect.command;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.replay.KafkaBranchTarget;
import io.rondo.aggregator.replay.ReplayRules;
import io.rondo.cli.command.ArchiveOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.LogOptions;
import io.rondo.cli.command.RangeOptions;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.job.JobFile;
import io.rondo.cli.output.Console;
import io.rondo.inspect.view.ReplayRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "replay",
        description = "Rerun the rounds of a job under other rules, and show the distance of each from the original.",
        footer = {
            "",
            "Exact for each round, given the updates that were sent in it. Those were trained on history's adapters: what the",
            "trainers would have sent after another adapter, no log can tell. The job itself is never touched."
        })
public final class ReplayCommand extends ConsoleCommand {
    @Mixin
    private LogOptions options;

    @Mixin
    private ArchiveOptions archive;

    @Mixin
    private RangeOptions range;

    @Option(
            names = "--without",
            paramLabel = "TRAINER",
            split = ",",
            description = "Exclude trainers; may be repeated.")
    private List<String> without = List.of();

    @Option(names = "--strategy", paramLabel = "NAME", description = "Another aggregation strategy, as in a job file.")
    private String strategy;

    @Option(names = "--weights", paramLabel = "NAME", description = "Other weights: examples or uniform.")
    private String weights;

    @Option(names = "--deadline", paramLabel = "TIME", description = "Another deadline of the rounds, such as 30s.")
    private String deadline;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            description = "Limit the L2 norm of an update's difference to the adapter that it started from.")
    private Double clip;

    @Option(
            names = "--branch",
            paramLabel = "NAME",
            description =
                    "Write the rounds to a branch of this name, in separate topics; other commands read it with --branch.")
    private String branch;

    @Option(names = "--out", paramLabel = "DIR", description = "Write each round's adapter as a safetensors file.")
    private Path out;

    @Override
    public void run(Console console) {
        ReplayRules rules = new ReplayRules(
                Set.copyOf(without),
                Optional.ofNullable(strategy),
                Optional.ofNullable(weights),
                deadline == null ? OptionalLong.empty() : OptionalLong.of(milliseconds(deadline)),
                clip == null ? OptionalDouble.empty() : OptionalDouble.of(clip));
        archive.refuse("--branch", Optional.ofNullable(branch), "a branch is made in a cluster");
        RoundRange rounds = range.range();
        try (OpenLog open = options.open(console, archive, new RoundRange(0, rounds.to()));
                JobLog log = open.records()) {
            new ReplayRun(
                            log,
                            rules,
                            rounds,
                            Optional.ofNullable(branch)
                                    .map(name -> new ReplayRun.NewBranch(
                                            name,
                                            last -> KafkaBranchTarget.create(open.connection(), log, name, last))),
                            Optional.ofNullable(out))
                    .run(console);
        }
    }

    /** A time as job files have it. */
    private static long milliseconds(String time) {
        return JobFile.of(List.of("name=replay", "deadline=" + time)).getDeadlineMs();
    }
}
