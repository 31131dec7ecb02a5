package io.rondo.aggregator.round;

import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.SelectingStrategy;
import io.rondo.log.JobSpec;

/** Which measurements over all partitions a job's rules need before a closed round can be folded. */
public enum MeasurementPlan {
    NONE,
    /** The norm of each update's difference to its base. */
    NORMS,
    /** The inner products of all these differences. */
    PRODUCTS;

    /** The most updates, late ones included, whose products fit into one record. */
    private static final int MOST_COMPARED = 180;

    /** The measurements of rounds from 1 on; the only update of round 0 has no base. */
    public static MeasurementPlan of(JobSpec spec, AggregationStrategy strategy) {
        if (strategy instanceof SelectingStrategy) {
            return PRODUCTS;
        }
        return spec.getClip() > 0 || spec.getMaxUpdateNorm() > 0 ? NORMS : NONE;
    }

    /** How many numbers a fold reports for this many members. */
    int numbers(int members) {
        return switch (this) {
            case NONE -> 0;
            case NORMS -> members;
            case PRODUCTS -> members * (members + 1) / 2;
        };
    }

    /** How many trainers may be asked in a round. */
    int mostAsked() {
        return this == PRODUCTS ? MOST_COMPARED : Integer.MAX_VALUE;
    }
}
