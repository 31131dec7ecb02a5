package io.rondo.conformance.scenario;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** All scenarios, in the order in which they are played. */
public final class Scenarios {
    private static final Set<String> QUICK = Set.of(
            "joins",
            "starts-from-published",
            "chunk-partitions",
            "chunk-sizes",
            "chunk-digests",
            "manifest-digests",
            "manifest-offsets",
            "manifest-fields",
            "base-round",
            "wire-format",
            "no-transactions",
            "finishes",
            "leaves",
            "evaluates",
            "wrong-layout",
            "unknown-record",
            "trained-once",
            "stopped",
            "rolora",
            "signatures",
            "nothing-private");

    private Scenarios() {}

    /** The cheap ones, and those that only a real process can fail: what a build plays. */
    public static List<Scenario> quick() {
        return all().stream()
                .filter(scenario -> QUICK.contains(scenario.name()))
                .toList();
    }

    public static List<Scenario> all() {
        return Stream.of(
                        WholeJob.scenarios(),
                        Joining.scenarios(),
                        Reading.scenarios(),
                        Answers.scenarios(),
                        Restarts.scenarios(),
                        Methods.scenarios(),
                        Learning.scenarios(),
                        Privacy.scenarios(),
                        Signing.scenarios(),
                        Outages.scenarios())
                .flatMap(List::stream)
                .toList();
    }
}
