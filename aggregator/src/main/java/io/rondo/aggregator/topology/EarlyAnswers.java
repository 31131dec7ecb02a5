package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.LogEntry;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Lets a coordinator answer parts of folds on its thread before their commit, so that one transaction publishes a round.
 * Belongs to one thread.
 */
final class EarlyAnswers {
    private final UncommittedParts parts;
    private final LongSupplier unseenFrom;
    private final Consumer<LogEntry> answer;
    private boolean haveFoldsReported;
    private boolean isAnswering;

    /**
     * @param unseenFrom offset of the first record of {@code parts} that the coordinator has not seen
     * @param answer answers a part
     */
    EarlyAnswers(UncommittedParts parts, LongSupplier unseenFrom, Consumer<LogEntry> answer) {
        this.parts = parts;
        this.unseenFrom = unseenFrom;
        this.answer = answer;
        parts.collect();
    }

    /** Folds of the thread have written results. Returns whether the {@linkplain #give next turn} can give parts. */
    boolean haveReported() {
        haveFoldsReported = parts.areWaiting();
        return haveFoldsReported;
    }

    /**
     * Gives the parts that folds have reported since the last time, in the coordinator's own turn: a processor may write in
     * no other. Returns whether all of them are answered; otherwise the log gives the others once they are committed.
     */
    boolean give() {
        if (!haveFoldsReported) {
            return true;
        }
        haveFoldsReported = false;
        isAnswering = true;
        Optional<LogEntry> part = parts.next(unseenFrom.getAsLong());
        while (part.isPresent()) {
            answer.accept(part.get());
            part = parts.next(unseenFrom.getAsLong());
        }
        isAnswering = false;
        return !parts.areWaiting();
    }

    /** Whether the coordinator answers a part that is not committed. */
    boolean isAnswering() {
        return isAnswering;
    }

    /** The coordinator ends. */
    void end() {
        parts.endCollection();
    }
}
