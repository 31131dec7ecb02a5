package io.rondo.aggregator.replay;

import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is to be different when a job's rounds are run again. What is empty stays as it was.
 *
 * @param without trainers whose records are passed over
 * @param strategy name of the aggregation strategy
 * @param weights {@code examples} or {@code uniform}
 * @param deadlineMs milliseconds that a round accepts updates
 * @param clip the most by which an update may differ from what it started from, as an L2 norm over all shared elements
 */
public record ReplayRules(
        Set<String> without,
        Optional<String> strategy,
        Optional<String> weights,
        OptionalLong deadlineMs,
        OptionalDouble clip) {

    /** Everything as it was. */
    public static final ReplayRules UNCHANGED =
            new ReplayRules(Set.of(), Optional.empty(), Optional.empty(), OptionalLong.empty(), OptionalDouble.empty());

    /** @throws RondoException with {@code BAD_CONFIG} when a value is not allowed */
    public ReplayRules {
        without = Set.copyOf(without);
        strategy.ifPresent(name -> requireOneOf("--strategy", name, Strategies.names()));
        weights.ifPresent(name -> requireOneOf("--weights", name, List.of("examples", "uniform")));
        require(deadlineMs.orElse(1) > 0, "--deadline is not above 0", "give a time such as 30s");
        require(clip.orElse(1) > 0, "--clip is " + clip + ", not above 0", "give a norm such as 0.5");
    }

    private static void requireOneOf(String option, String value, List<String> allowed) {
        require(allowed.contains(value), option + " is '" + value + "'", "give one of " + String.join(", ", allowed));
    }

    private static void require(boolean holds, String what, String next) {
        if (!holds) {
            throw new RondoException(ErrorCode.BAD_CONFIG, what, next);
        }
    }

    /** The settings of the job under these rules. */
    JobSpec apply(JobSpec spec) {
        JobSpec.Builder changed = JobSpec.newBuilder(spec);
        strategy.ifPresent(changed::setStrategy);
        weights.ifPresent(changed::setWeights);
        deadlineMs.ifPresent(changed::setDeadlineMs);
        return changed.build();
    }
}
