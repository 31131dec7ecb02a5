package io.rondo.aggregator.strategy;

import org.junit.jupiter.api.Nested;

/** Each strategy that comes with Rondo passes the kit. */
class StrategiesContractTest {
    @Nested
    class WeightedMeanTest extends AggregationStrategyContract {
        @Override
        protected AggregationStrategy strategy() {
            return new WeightedMean();
        }
    }

    @Nested
    class CoordinateMedianTest extends AggregationStrategyContract {
        @Override
        protected AggregationStrategy strategy() {
            return new CoordinateMedian();
        }
    }

    @Nested
    class TrimmedMeanTest extends AggregationStrategyContract {
        @Override
        protected AggregationStrategy strategy() {
            return new TrimmedMean();
        }
    }

    @Nested
    class KrumTest extends AggregationStrategyContract {
        @Override
        protected AggregationStrategy strategy() {
            return new Krum();
        }
    }

    @Nested
    class MultiKrumTest extends AggregationStrategyContract {
        @Override
        protected AggregationStrategy strategy() {
            return new MultiKrum();
        }
    }
}
