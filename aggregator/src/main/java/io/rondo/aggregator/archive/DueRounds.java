package io.rondo.aggregator.archive;

import io.rondo.aggregator.archive.Retention.Published;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.RoundCompleted;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The rounds that are due for archiving by the job's retention, never the open round or the two published last. */
public final class DueRounds {
    private DueRounds() {}

    /**
     * Finds them.
     *
     * @param now milliseconds since 1970
     * @return the first contiguous range of due rounds: it ends at a round whose topic is gone, and the next call returns
     *     the rounds after it; empty when none is due
     * @throws RondoException with {@code BAD_CONFIG} when the job keeps its rounds for ever, {@code JOB_NOT_FOUND} when no
     *     aggregator has started it
     */
    public static Optional<RoundRange> of(JobLog log, long now) {
        JobRecords records = JobRecords.read(log);
        Retention retention =
                retention(records.job().getSpec().getRetention(), log.topics().job());
        List<Published> published = records.decisions().stream()
                .map(JobRecords.Decision::record)
                .filter(RoundCompleted.class::isInstance)
                .map(RoundCompleted.class::cast)
                .map(round -> new Published(
                        round.getRound(), DecisionKind.header(round).getDecidedAt()))
                .toList();
        OptionalInt last = retention.lastDue(published, now);
        OptionalInt first =
                published.stream().mapToInt(Published::round).filter(log::holds).findFirst();
        if (last.isEmpty() || first.isEmpty() || first.getAsInt() > last.getAsInt()) {
            return Optional.empty();
        }
        int end = first.getAsInt();
        while (end < last.getAsInt() && log.holds(end + 1)) {
            end++;
        }
        return Optional.of(new RoundRange(first.getAsInt(), end));
    }

    private static Retention retention(String text, String job) {
        Retention retention;
        try {
            retention = Retention.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the retention of job '" + job + "' is '" + text + "', which this version does not know",
                    "say what is due by --rounds",
                    e);
        }
        if (retention.isForever()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "job '" + job + "' keeps its rounds forever: nothing is ever due",
                    "give rounds by --rounds, or submit jobs with a retention such as 500 rounds or 30d");
        }
        return retention;
    }
}
