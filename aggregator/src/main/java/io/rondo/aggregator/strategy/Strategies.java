package io.rondo.aggregator.strategy;

import java.util.List;
import java.util.ServiceLoader;

/** The strategies on the class path. */
public final class Strategies {
    private Strategies() {}

    /** @throws IllegalArgumentException when there is none of this name */
    public static AggregationStrategy named(String name) {
        return all().stream()
                .filter(strategy -> strategy.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "strategy: '" + name + "', here are " + String.join(", ", names())));
    }

    /** The names of all, the default first. */
    public static List<String> names() {
        return all().stream().map(AggregationStrategy::name).toList();
    }

    private static List<AggregationStrategy> all() {
        return ServiceLoader.load(AggregationStrategy.class, Strategies.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
