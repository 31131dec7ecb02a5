package io.rondo.aggregator.verify;

import io.rondo.aggregator.log.LogDifference;
import java.util.List;

/**
 * The findings of a job's verification.
 *
 * @param job name of the job
 * @param jobUuid its UUID
 * @param rounds the requested published rounds, in order
 * @param differences every place where the log contradicts its own records, the worst first
 * @param notes what could not be checked, and why
 * @param bytes bytes of tensor values that were read and checked
 * @param seconds how long it took
 */
public record VerificationReport(
        String job,
        String jobUuid,
        List<RoundVerification> rounds,
        List<LogDifference> differences,
        List<String> notes,
        long bytes,
        double seconds) {
    public VerificationReport {
        rounds = List.copyOf(rounds);
        differences = List.copyOf(differences);
        notes = List.copyOf(notes);
    }

    /** How many rounds were recomputed from the log to the same bytes. */
    public int identical() {
        return (int) rounds.stream().filter(RoundVerification::isIdentical).count();
    }

    /** The differences that belong to no single round, as text. */
    public List<String> problems() {
        return differences.stream()
                .filter(difference -> difference.round() < 0)
                .map(LogDifference::toString)
                .toList();
    }

    /** How many rounds are no longer in the log but in an archive, which is verified separately. */
    public int archived() {
        return (int) rounds.stream()
                .filter(round -> round.outcome() == RoundVerification.Outcome.ARCHIVED)
                .count();
    }

    /** Whether every published round was recomputed to the same bytes or is archived, and nothing else is wrong. */
    public boolean isSound() {
        return identical() + archived() == rounds.size() && differences.isEmpty();
    }

    /** The first problem, as text; empty if there is none. */
    public String firstProblem() {
        return differences.stream()
                .findFirst()
                .map(LogDifference::toString)
                .or(() -> rounds.stream()
                        .filter(round -> !round.isIdentical() && round.outcome() != RoundVerification.Outcome.ARCHIVED)
                        .findFirst()
                        .map(RoundVerification::problem))
                .orElse("");
    }

    /** Bytes of tensor values a second, in 10⁶. */
    public double megabytesPerSecond() {
        return seconds > 0 ? bytes / 1e6 / seconds : 0;
    }
}
