package io.rondo.conformance;

import io.rondo.conformance.scenario.Scenario;

/**
 * What came of one scenario.
 *
 * @param scenario which one
 * @param verdict how it ended
 * @param reason why it failed or was skipped; empty if it passed
 * @param seconds how long it took
 */
public record Outcome(Scenario scenario, Verdict verdict, String reason, double seconds) {

    /** How a scenario ended. */
    public enum Verdict {
        PASS,
        FAIL,
        SKIP
    }
}
