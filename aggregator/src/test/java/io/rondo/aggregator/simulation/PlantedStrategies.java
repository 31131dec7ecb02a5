package io.rondo.aggregator.simulation;

import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.ChunkAccumulator;
import io.rondo.aggregator.strategy.RunningStrategy;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.aggregator.strategy.WeightedMean;
import java.util.function.IntFunction;

/** The strategies of simulated jobs, and means that are broken on purpose. */
final class PlantedStrategies {
    private static final WeightedMean SOUND = new WeightedMean();

    private PlantedStrategies() {}

    static AggregationStrategy with(PlantedBug bug, String name) {
        return !name.equals(SOUND.name())
                ? Strategies.named(name)
                : switch (bug) {
                    case DROPS_THE_LAST_UPDATE -> broken(DropsTheLast::new);
                    case SUMS_IN_FLOAT32 -> broken(SumsInFloat32::new);
                    default -> SOUND;
                };
    }

    private static RunningStrategy broken(IntFunction<ChunkAccumulator> accumulators) {
        return new RunningStrategy() {
            @Override
            public String name() {
                return SOUND.name();
            }

            @Override
            public ChunkAccumulator accumulator(int count) {
                return accumulators.apply(count);
            }
        };
    }

    private static final class DropsTheLast implements ChunkAccumulator {
        private final ChunkAccumulator sum;
        private double heldWeight;
        private float[] held;
        private int added;

        DropsTheLast(int count) {
            sum = SOUND.accumulator(count);
        }

        @Override
        public void add(double weight, float[] values) {
            if (held != null) {
                sum.add(heldWeight, held);
                added++;
            }
            heldWeight = weight;
            held = values;
        }

        @Override
        public float[] result() {
            return added == 0 ? held : sum.result();
        }
    }

    private static final class SumsInFloat32 implements ChunkAccumulator {
        private final float[] sums;
        private float weights;

        SumsInFloat32(int count) {
            sums = new float[count];
        }

        @Override
        public void add(double weight, float[] values) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += (float) weight * values[i];
            }
            weights += (float) weight;
        }

        @Override
        public float[] result() {
            float[] mean = new float[sums.length];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = sums[i] / weights;
            }
            return mean;
        }
    }
}
