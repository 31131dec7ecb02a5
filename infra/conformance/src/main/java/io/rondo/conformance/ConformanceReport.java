package io.rondo.conformance;

import io.rondo.conformance.Outcome.Verdict;
import io.rondo.conformance.scenario.Scenario.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /** The report as JSON has it. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        List<Map<String, Object>> scenarios = new ArrayList<>();
        outcomes.forEach(outcome -> scenarios.add(json(outcome)));
        json.put("trainer", trainer);
        json.put("scenarios", scenarios);
        json.put("passed", with(Verdict.PASS).size());
        json.put("failed", names(Verdict.FAIL));
        json.put("skipped", names(Verdict.SKIP));
        return json;
    }

    private static Map<String, Object> json(Outcome outcome) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", outcome.scenario().name());
        json.put("level", outcome.scenario().level().name());
        json.put("section", outcome.scenario().section());
        json.put("requirement", outcome.scenario().requirement());
        json.put("verdict", outcome.verdict().name());
        json.put("reason", outcome.reason());
        json.put("seconds", Math.round(outcome.seconds() * 1000) / 1000.0);
        return json;
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
