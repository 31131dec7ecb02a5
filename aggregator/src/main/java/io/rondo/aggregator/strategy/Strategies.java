package io.rondo.aggregator.strategy;

import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The strategies on the class path. */
public final class Strategies {
    /** The class path does not change; each caller gets a new strategy object. */
    private static final List<ServiceLoader.Provider<AggregationStrategy>> PROVIDERS =
            ServiceLoader.load(AggregationStrategy.class, Strategies.class.getClassLoader()).stream()
                    .toList();

    private Strategies() {}

    /**
     * The strategy of a job, with its settings.
     *
     * @throws IllegalArgumentException when no strategy has this name, or a setting is not allowed
     */
    public static AggregationStrategy of(JobSpec spec) {
        return named(spec.getStrategy()).configured(StrategySettings.of(spec));
    }

    /**
     * The strategy that a job in the log names.
     *
     * @throws RondoException with {@code STRATEGY_NOT_INSTALLED} when it is a plug-in that is not installed
     */
    public static AggregationStrategy installed(String name) {
        return find(name)
                .orElseThrow(() -> new RondoException(
                        ErrorCode.STRATEGY_NOT_INSTALLED,
                        "the job aggregates by strategy '" + name + "', here are " + String.join(", ", names()),
                        "put the jar that holds the strategy on the class path"));
    }

    /** @throws IllegalArgumentException when there is none of this name */
    public static AggregationStrategy named(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "strategy: '" + name + "', here are " + String.join(", ", names())));
    }

    /** All names, the default first. */
    public static List<String> names() {
        return all().stream().map(AggregationStrategy::name).toList();
    }

    private static Optional<AggregationStrategy> find(String name) {
        return all().stream().filter(strategy -> strategy.name().equals(name)).findFirst();
    }

    private static List<AggregationStrategy> all() {
        return PROVIDERS.stream().map(ServiceLoader.Provider::get).toList();
    }
}
