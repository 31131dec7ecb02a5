package io.rondo.conformance;

import io.rondo.conformance.Outcome.Verdict;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.scenario.Scenario.Level;
import java.util.List;

/**
 * All outcomes for one trainer.
 *
 * @param trainer its command
 * @param outcomes in the order of the scenarios
 */
public record ConformanceReport(String trainer, List<Outcome> outcomes) {
    public ConformanceReport {
        outcomes = List.copyOf(outcomes);
    }

    /** The outcomes with this verdict. */
    public List<Outcome> with(Verdict verdict) {
        return outcomes.stream().filter(outcome -> outcome.verdict() == verdict).toList();
    }

    /** The failures that make a trainer no conforming one. */
    public List<Outcome> violations() {
        return with(Verdict.FAIL).stream()
                .filter(outcome -> outcome.scenario().level() == Level.MUST)
                .toList();
    }

    /** The names with this verdict. */
    public List<String> names(Verdict verdict) {
        return with(verdict).stream().map(outcome -> outcome.scenario().name()).toList();
    }

    /** The JSON result. */
    public record Result(
            String trainer, List<ScenarioOutcome> scenarios, int passed, List<String> failed, List<String> skipped) {
        public record ScenarioOutcome(
                String name,
                String level,
                String section,
                String requirement,
                String verdict,
                String reason,
                double seconds) {}
    }

    /** The report as JSON has it. */
    public Result json() {
        return new Result(
                trainer,
                outcomes.stream().map(ConformanceReport::json).toList(),
                with(Verdict.PASS).size(),
                names(Verdict.FAIL),
                names(Verdict.SKIP));
    }

    private static Result.ScenarioOutcome json(Outcome outcome) {
        Scenario scenario = outcome.scenario();
        return new Result.ScenarioOutcome(
                scenario.name(),
                scenario.level().name(),
                scenario.section(),
                scenario.requirement(),
                outcome.verdict().name(),
                outcome.reason(),
                Math.round(outcome.seconds() * 1000) / 1000.0);
    }

    /** The counts in a line. */
    public String summary() {
        return "%d scenarios: %d passed, %d failed, %d skipped"
                .formatted(
                        outcomes.size(),
                        with(Verdict.PASS).size(),
                        with(Verdict.FAIL).size(),
                        with(Verdict.SKIP).size());
    }
}
