package io.rondo.inspect.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.replay.BranchTarget;
import io.rondo.aggregator.replay.PassingTarget;
import io.rondo.aggregator.replay.Replay;
import io.rondo.aggregator.replay.ReplayRules;
import io.rondo.aggregator.replay.ReplayedRound;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.Table;
import io.rondo.schemas.adapter.FlatLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** Runs rounds again, keeps them where that is asked for, and tells how far they are from history. */
public final class ReplayRun {
    private final JobLog history;
    private final ReplayRules rules;
    private final RoundRange range;
    private final Optional<NewBranch> branch;
    private final Optional<AdapterFiles> files;

    /**
     * A branch that is not there yet.
     *
     * @param name its name
     * @param target creates it, by the last round that it will hold
     */
    public record NewBranch(String name, IntFunction<BranchTarget> target) {}

    /**
     * @param history stays the caller's to close
     * @param range the rounds that are told of and written to files; a branch begins with round 0
     * @param branch where the rounds are kept
     * @param out a new directory for files
     */
    public ReplayRun(
            JobLog history, ReplayRules rules, RoundRange range, Optional<NewBranch> branch, Optional<Path> out) {
        this.history = history;
        this.rules = rules;
        this.range = range;
        this.branch = branch;
        this.files = out.map(AdapterFiles::new);
    }

    /** Runs all rounds and prints the result. */
    public void run(Console console) {
        Replay replay = new Replay(history, rules, range.to());
        files.ifPresent(AdapterFiles::begin);
        List<ReplayedRound> rounds = new ArrayList<>();
        try (AdapterFiles written = files.orElse(null);
                BranchTarget target = target(replay.last())) {
            replay.run(target, (round, flat, adapter) -> {
                console.passing("round " + round.round() + " of " + replay.last());
                if (range.contains(round.round())) {
                    rounds.add(round);
                    write(round.round(), flat, adapter);
                }
            });
            if (written != null) {
                written.complete();
            }
        } finally {
            console.passing("");
        }
        List<Integer> skipped =
                replay.skipped().stream().filter(range::contains).toList();
        console.result(json(rounds, skipped), text(rounds, skipped));
    }

    private BranchTarget target(int last) {
        return branch.map(created -> created.target().apply(last)).orElseGet(() -> new PassingTarget(history.topics()));
    }

    private void write(int round, FlatLayout flat, float[] adapter) {
        files.ifPresent(directory -> directory.write(round, flat, adapter));
    }

    /** The JSON result. Without a branch or files their names are left out. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(String job, String branch, String out, List<Round> rounds, List<Integer> skipped) {
        record Round(
                int round,
                List<String> cohort,
                double distance,
                double cosine,
                List<String> cohortBefore,
                int rejected) {}
    }

    private Result json(List<ReplayedRound> rounds, List<Integer> skipped) {
        return new Result(
                history.topics().job(),
                branch.map(NewBranch::name).orElse(null),
                files.map(AdapterFiles::toString).orElse(null),
                rounds.stream().map(ReplayRun::json).toList(),
                skipped);
    }

    private static Result.Round json(ReplayedRound round) {
        return new Result.Round(
                round.round(), round.cohort(), round.distance(), round.cosine(), round.before(), round.rejected());
    }

    /** To be compared by eye; in {@code --json} they stand in the order in which they were folded. */
    private static String sorted(List<String> trainers) {
        return trainers.stream().sorted().collect(Collectors.joining(" "));
    }

    private String text(List<ReplayedRound> rounds, List<Integer> skipped) {
        Table table = new Table("round", "cohort", "before", "rejected", "distance", "cosine");
        rounds.forEach(round -> table.row(
                Integer.toString(round.round()),
                sorted(round.cohort()),
                sorted(round.before()),
                Integer.toString(round.rejected()),
                String.format(Locale.ROOT, "%.5f", round.distance()),
                String.format(Locale.ROOT, "%.6f", round.cosine())));
        StringBuilder text = new StringBuilder(table.toString());
        text.append(System.lineSeparator())
                .append("distance: L2 from the adapter that history published, relative to its length;")
                .append(" each round given the updates that were sent in it");
        if (!skipped.isEmpty()) {
            text.append("%nskipped for want of a quorum, as in history: %s"
                    .formatted(skipped.stream().map(Object::toString).collect(Collectors.joining(", "))));
        }
        branch.map(NewBranch::name)
                .ifPresent(name ->
                        text.append("%nbranch %s is in the log; try: rondo verify --branch %s".formatted(name, name)));
        files.ifPresent(directory -> text.append("%nadapters are in %s".formatted(directory)));
        return text.toString();
    }
}
