package io.rondo.aggregator.replay;

import java.util.List;

/**
 * What verifying a job found.
 *
 * @param job name of the job
 * @param jobUuid its UUID
 * @param rounds every published round, in order
 * @param problems what is wrong with the log beside single rounds
 */
public record VerificationReport(String job, String jobUuid, List<RoundVerification> rounds, List<String> problems) {
    public VerificationReport {
        rounds = List.copyOf(rounds);
        problems = List.copyOf(problems);
    }

    /** How many rounds were recomputed from the log to the same bytes. */
    public int identical() {
        return (int) rounds.stream().filter(RoundVerification::isIdentical).count();
    }

    /** Whether every published round was recomputed to the same bytes and nothing else is wrong. */
    public boolean isSound() {
        return identical() == rounds.size() && problems.isEmpty();
    }
}
