package io.rondo.aggregator.strategy;

import io.rondo.log.JobSpec;

/**
 * The settings that a job passes to its strategy.
 *
 * @param faultyShare share of the updates that may be faulty, from 0 to less than a half
 */
public record StrategySettings(double faultyShare) {
    /** The default settings. */
    public static final StrategySettings DEFAULTS = new StrategySettings(0.2);

    /** Shares are decimal fractions, few of which are exact in binary: 0.29 of 100 must be 29. */
    private static final double ROUNDING = 1e-9;

    /** @throws IllegalArgumentException when a value is not allowed */
    public StrategySettings {
        if (!(faultyShare >= 0 && faultyShare < 0.5)) {
            throw new IllegalArgumentException("faulty-share: " + faultyShare + ", allowed are 0 to less than 0.5");
        }
    }

    /** @throws IllegalArgumentException when a value is not allowed */
    public static StrategySettings of(JobSpec spec) {
        return new StrategySettings(spec.getFaultyShare());
    }

    /** How many of this many updates may be faulty: the share, rounded down. */
    int faulty(int updates) {
        return (int) Math.floor(faultyShare * updates + ROUNDING);
    }
}
