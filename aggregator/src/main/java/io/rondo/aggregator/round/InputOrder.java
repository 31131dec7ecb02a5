package io.rondo.aggregator.round;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** The order in which a restarted coordinator answers the inputs that it finds in several topics. */
public final class InputOrder {
    private InputOrder() {}

    private record Dated<T>(T input, long timestamp) {}

    /**
     * Oldest first, and each topic in its own order. A later record may have an earlier timestamp if its writer's clock is
     * behind or its batch was late, and the coordinator skips everything before an input that it has answered.
     *
     * @param topics the inputs of each topic, by ascending offset
     */
    public static <T> List<T> merge(Collection<List<T>> topics, ToLongFunction<T> timestamp) {
        List<Dated<T>> all = new ArrayList<>();
        for (List<T> topic : topics) {
            long latest = Long.MIN_VALUE;
            for (T input : topic) {
                latest = Math.max(latest, timestamp.applyAsLong(input));
                all.add(new Dated<>(input, latest));
            }
        }
        all.sort(Comparator.comparingLong(Dated::timestamp));
        return all.stream().map(Dated::input).toList();
    }
}
