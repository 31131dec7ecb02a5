package io.rondo.aggregator.strategy;

import io.rondo.log.JobSpec;
import java.util.List;
import java.util.Optional;

/** The server optimizers, by the names that job files have for them. */
public final class ServerOptimizers {
    private static final String NONE = "none";

    private ServerOptimizers() {}

    /** All names, the default first. */
    public static List<String> names() {
        return List.of(NONE, FedAvgM.NAME, FedAdam.NAME);
    }

    /**
     * The optimizer that a job names; empty if the aggregate is the adapter.
     *
     * @throws IllegalArgumentException when there is none of this name, or a setting is not allowed
     */
    public static Optional<ServerOptimizer> of(JobSpec spec) {
        requireSize("server-learning-rate", spec.getServerLearningRate());
        requireDecay("server-momentum", spec.getServerMomentum());
        requireDecay("server-second-moment", spec.getServerSecondMoment());
        requireSize("server-epsilon", spec.getServerEpsilon());
        return switch (spec.getServerOptimizer()) {
            case NONE -> Optional.empty();
            case FedAvgM.NAME -> Optional.of(new FedAvgM(spec.getServerLearningRate(), spec.getServerMomentum()));
            case FedAdam.NAME ->
                Optional.of(new FedAdam(
                        spec.getServerLearningRate(),
                        spec.getServerMomentum(),
                        spec.getServerSecondMoment(),
                        spec.getServerEpsilon()));
            default ->
                throw new IllegalArgumentException("server-optimizer: '" + spec.getServerOptimizer() + "', here are "
                        + String.join(", ", names()));
        };
    }

    private static void requireSize(String key, double value) {
        require(value > 0 && Double.isFinite(value), key + ": " + value);
    }

    private static void requireDecay(String key, double value) {
        require(value >= 0 && value < 1, key + ": " + value + ", allowed are 0 to less than 1");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
