package io.rondo.conformance;

import io.rondo.conformance.Outcome.Verdict;
import io.rondo.conformance.reference.Fault;
import io.rondo.conformance.reference.ReferenceProgram;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.scenario.Scenario.Company;
import io.rondo.conformance.scenario.Scenarios;
import io.rondo.conformance.stage.BuiltInTasks;
import io.rondo.conformance.stage.Cluster;
import io.rondo.conformance.stage.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Plays scenarios against a reference trainer with each fault, several faults at a time. */
final class Mutants {
    /** For many at once. */
    static final Pace SHORT = new Pace(Duration.ofSeconds(20), Duration.ofMillis(600));

    /** For one that is to be judged on any machine. */
    static final Pace LONG = new Pace(Duration.ofMinutes(1), Duration.ofSeconds(3));

    private final Cluster cluster;
    private final Path directory;
    private final Pace pace;
    private final int atOnce;

    Mutants(Cluster cluster, Path directory, Pace pace, int atOnce) {
        this.cluster = cluster;
        this.directory = directory;
        this.pace = pace;
        this.atOnce = atOnce;
    }

    /** The scenarios that need no cluster of their own. */
    static List<Scenario> shared() {
        return Scenarios.all().stream()
                .filter(scenario -> scenario.company() == Company.ANY)
                .toList();
    }

    static List<Scenario> finding(Fault fault) {
        return shared().stream()
                .filter(scenario -> fault.scenarios().contains(scenario.name()))
                .toList();
    }

    /** The faults whose failed scenarios are not those that they name, with a text for each. */
    Map<Fault, String> mismatches(List<Fault> faults, Function<Fault, List<Scenario>> scenarios) throws Exception {
        Map<Fault, String> mismatches = new TreeMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            Map<Fault, Future<ConformanceReport>> reports = new TreeMap<>();
            faults.forEach(fault -> reports.put(fault, threads.submit(() -> play(fault, scenarios.apply(fault)))));
            for (Map.Entry<Fault, Future<ConformanceReport>> entry : reports.entrySet()) {
                ConformanceReport report = entry.getValue().get();
                List<String> expected = new ArrayList<>(entry.getKey().scenarios());
                List<String> failed = new ArrayList<>(report.names(Verdict.FAIL));
                expected.sort(null);
                failed.sort(null);
                System.out.println(entry.getKey() + ": " + report.summary() + ' ' + failed);
                if (!expected.equals(failed)) {
                    mismatches.put(
                            entry.getKey(),
                            "expected %s, failed %s: %s".formatted(expected, failed, Arrays.toString(reasons(report))));
                }
            }
        } finally {
            threads.shutdownNow();
        }
        return mismatches;
    }

    private static Object[] reasons(ConformanceReport report) {
        return report.outcomes().stream()
                .filter(outcome -> outcome.verdict() != Verdict.PASS)
                .map(outcome -> outcome.scenario().name() + ": " + outcome.reason())
                .toArray();
    }

    private ConformanceReport play(Fault fault, List<Scenario> scenarios) {
        Path home = directory.resolve(fault.name());
        return new ConformanceKit(cluster, pace, new BuiltInTasks(home), home, 1)
                .play(new ReferenceProgram(fault), scenarios, outcome -> {});
    }
}
