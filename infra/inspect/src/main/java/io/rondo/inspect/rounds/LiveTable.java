package io.rondo.inspect.rounds;

import io.rondo.aggregator.log.DecisionLog;
import io.rondo.cli.output.Console;
import java.time.Duration;
import java.util.Optional;

/** Prints a line for each round as it is published, until the job ends. Used by one thread. */
public final class LiveTable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final RoundHistory history;
    private final DecisionLog log;
    private final Console console;
    private int shown;

    /** @param history what is known of the job so far; continues with the log */
    public LiveTable(RoundHistory history, DecisionLog log, Console console) {
        this.history = history;
        this.log = log;
        this.console = console;
    }

    /** Returns when the job is finished or aborted. */
    public void follow() {
        RoundLine line = null;
        while (true) {
            if (line == null && history.job().isPresent()) {
                line = new RoundLine(history.job().get().getSpec().getRounds());
            }
            boolean isOver = history.isFinished() || history.aborted().isPresent();
            // only what is next to be shown: a poll must not take longer with each round
            for (Optional<RoundSummary> next = history.round(shown);
                    next.isPresent() && isDone(next.get(), isOver);
                    next = history.round(shown)) {
                console.progress(line.of(next.get()));
                shown++;
            }
            console.passing(history.waiting().map(RoundWait::brief).orElse(""));
            if (isOver) {
                console.passing("");
                return;
            }
            log.poll(POLL, history::apply);
        }
    }

    /** The trainers' evaluations come behind the publication: a round is shown with them, or with the next one. */
    private boolean isDone(RoundSummary round, boolean isOver) {
        return round.status() == RoundSummary.Status.FAILED
                || (round.status() == RoundSummary.Status.PUBLISHED
                        && (round.isEvaluated()
                                || isOver
                                || history.round(round.round() + 2).isPresent()));
    }
}
