package io.rondo.demo;

import io.rondo.aggregator.log.DecisionLog;
import io.rondo.cli.output.Console;
import io.rondo.inspect.rounds.RoundHistory;
import io.rondo.inspect.rounds.RoundLine;
import io.rondo.inspect.rounds.RoundSummary;
import io.rondo.inspect.rounds.TrainerRound;
import io.rondo.log.JobSpec;
import io.rondo.log.RoundCompleted;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** Starts the processes where a job is not finished, and shows its rounds as they are decided. Used by one thread. */
final class DemoRounds {
    private static final Duration POLL = Duration.ofMillis(200);
    /** What a trainer measured last may still be on its way through the aggregator when its process has ended. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final DecisionLog log;
    private final DemoProcesses processes;
    private final List<String> trainers;
    private final DemoTask task;
    private final Stopwatch stopwatch;
    private final Console console;
    private final RoundHistory history = new RoundHistory();
    private final RoundLine line;
    private final int rounds;
    private int shown;

    DemoRounds(
            DecisionLog log,
            DemoProcesses processes,
            List<String> trainers,
            DemoTask task,
            JobSpec spec,
            Stopwatch stopwatch,
            Console console) {
        this.log = log;
        this.processes = processes;
        this.trainers = trainers;
        this.task = task;
        this.stopwatch = stopwatch;
        this.console = console;
        this.rounds = spec.getRounds();
        this.line = new RoundLine(rounds);
    }

    /** @return the rounds of the finished job */
    RoundHistory follow() {
        log.readToEnd(this::apply);
        if (history.isFinished() && isEvaluated()) {
            console.progress("[4/5] rounds    finished by an earlier run in this directory");
        } else {
            console.progress("[4/5] rounds    aggregator and " + trainers.size()
                    + " trainers start; each line ends with loss/" + task.measure() + " of each trainer");
            processes.start(trainers);
            followLive();
        }
        showUpTo(Integer.MAX_VALUE);
        return history;
    }

    private void followLive() {
        long quietSince = System.nanoTime();
        while (!history.isFinished() || !isEvaluated()) {
            log.poll(POLL, this::apply);
            showUpTo(latest());
            processes
                    .supervise()
                    .forEach(name -> console.progress("      the process of " + name + " was killed; started again"));
            history.aborted().ifPresent(DemoRounds::abort);
            if (processes.isTraining()) {
                quietSince = System.nanoTime();
            } else if (System.nanoTime() - quietSince > GRACE.toNanos()) {
                if (!history.isFinished()) {
                    throw new RondoException(
                            ErrorCode.JOB_FAILED,
                            "every trainer has ended, but the job is not finished",
                            "see the logs of the processes, and run the same command again");
                }
                return;
            }
        }
    }

    private void apply(SpecificRecord decision) {
        history.apply(decision);
        if (decision instanceof RoundCompleted completed && completed.getRound() == 1) {
            stopwatch.firstRoundPublished(completed.getHeader().getDecidedAt());
        }
    }

    private boolean isEvaluated() {
        return history.round(rounds).map(this::isEvaluated).orElse(false);
    }

    /** Round 0 has no cohort: all trainers evaluate it. */
    private boolean isEvaluated(RoundSummary round) {
        return round.trainers().stream().filter(TrainerRound::isEvaluated).count() >= trainers.size();
    }

    private int latest() {
        List<RoundSummary> known = history.rounds();
        return known.isEmpty() ? 0 : known.get(known.size() - 1).round();
    }

    /** Shows the rounds that are evaluated, and those before the latest whether it is known or not. */
    private void showUpTo(int latest) {
        while (true) {
            RoundSummary next = history.round(shown).orElse(null);
            if (next == null
                    || next.status() == RoundSummary.Status.OPEN
                    || next.status() == RoundSummary.Status.CLOSED
                    || !(isEvaluated(next) || shown + 1 < latest)) {
                return;
            }
            console.progress(line.of(next));
            shown++;
        }
    }

    private static void abort(String reason) {
        throw new RondoException(
                ErrorCode.JOB_FAILED, "the job was aborted: " + reason, "submit it under another name");
    }
}
