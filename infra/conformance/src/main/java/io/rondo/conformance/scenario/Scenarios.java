package io.rondo.conformance.scenario;

import java.util.List;
import java.util.stream.Stream;

/** All scenarios, in the order in which they are played. */
public final class Scenarios {
    private Scenarios() {}

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
                        Outages.scenarios())
                .flatMap(List::stream)
                .toList();
    }
}
