package io.rondo.aggregator.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every aggregation strategy must hold to, whoever wrote it: extend it and return yours. It is in the test-jar of the
 * aggregator's module. What makes a strategy the one it is, is a test of your own beside it.
 */
public abstract class AggregationStrategyContract {
    private static final int ELEMENTS = 50;

    /** The strategy, as a constructor without parameters makes it. */
    protected abstract AggregationStrategy strategy();

    @Test
    void shouldBeFoundByItsName() {
        AggregationStrategy strategy = strategy();

        assertThat(strategy.name()).matches("[a-z0-9][a-z0-9-]{0,47}");
        assertThat(Strategies.named(strategy.name()))
                .as("META-INF/services/%s names it", AggregationStrategy.class.getName())
                .hasSameClassAs(strategy);
        assertThat(Strategies.names()).as("one strategy has the name").containsOnlyOnce(strategy.name());
    }

    @Test
    void shouldGiveTheOnlyUpdate() {
        float[] only = draw(1).get(0);

        assertThat(aggregate(List.of(only), 7)).containsExactly(only);
    }

    @Test
    void shouldGiveWhatAllUpdatesAgreeOn() {
        float[] agreed = draw(1).get(0);

        assertThat(aggregate(List.of(agreed, agreed, agreed, agreed, agreed), 1, 2, 3, 4, 5))
                .containsExactly(agreed);
    }

    @Test
    void shouldLeaveNoElementOutsideOfWhatWasSent() {
        for (int n = 2; n <= 9; n++) {
            List<float[]> updates = draw(n);
            float[] aggregate = aggregate(updates, weights(n));

            for (int i = 0; i < ELEMENTS; i++) {
                int element = i;
                double least = updates.stream()
                        .mapToDouble(update -> update[element])
                        .min()
                        .orElseThrow();
                double most = updates.stream()
                        .mapToDouble(update -> update[element])
                        .max()
                        .orElseThrow();
                assertThat((double) aggregate[element]).isBetween(least, most);
            }
        }
    }

    @Test
    void shouldGiveTheSameBytesFromTheSameUpdates() {
        List<float[]> updates = draw(6);

        assertThat(bits(aggregate(updates, weights(6)))).isEqualTo(bits(aggregate(updates, weights(6))));
    }

    @Test
    void shouldNotChangeWhatItIsGiven() {
        List<float[]> updates = draw(5);
        List<float[]> copies = updates.stream().map(float[]::clone).toList();

        aggregate(updates, weights(5));

        for (int i = 0; i < copies.size(); i++) {
            assertThat(updates.get(i)).containsExactly(copies.get(i));
        }
    }

    /** A fold reads all updates into the same memory. */
    @Test
    void shouldNotKeepTheArraysThatItIsGiven() {
        if (strategy() instanceof RunningStrategy running) {
            List<float[]> updates = draw(5);
            double[] weights = weights(5);
            ChunkAccumulator accumulator = running.accumulator(ELEMENTS);
            float[] shared = new float[ELEMENTS];
            for (int i = 0; i < updates.size(); i++) {
                System.arraycopy(updates.get(i), 0, shared, 0, ELEMENTS);
                accumulator.add(weights[i], shared);
                Arrays.fill(shared, Float.NaN);
            }

            assertThat(accumulator.result()).containsExactly(aggregate(updates, weights));
        }
    }

    @Test
    void shouldNotDependOnHowTheVectorIsCut() {
        List<float[]> updates = draw(5);
        float[] whole = aggregate(updates, weights(5));

        assertThat(aggregateInChunks(updates, 7, weights(5))).containsExactly(whole);
        assertThat(aggregateInChunks(updates, 1, weights(5))).containsExactly(whole);
    }

    @Test
    void shouldNotDependOnTheUnitOfTheWeights() {
        List<float[]> updates = draw(5);
        double[] doubled = Arrays.stream(weights(5)).map(weight -> 2 * weight).toArray();

        assertThat(aggregate(updates, doubled)).containsExactly(aggregate(updates, weights(5)));
    }

    @Test
    void shouldStayFiniteAtTheEndsOfTheRange() {
        float[] large = new float[ELEMENTS];
        Arrays.fill(large, Float.MAX_VALUE);
        float[] tiny = new float[ELEMENTS];
        Arrays.fill(tiny, Float.MIN_VALUE);

        assertThat(aggregate(List.of(large, large, large), 1e9, 1e9, 1e9)).containsExactly(large);
        assertThat(aggregate(List.of(tiny, tiny), 1, 1)).containsExactly(tiny);
        for (float value : aggregate(List.of(large, tiny, tiny), 1, 2, 3)) {
            assertThat(value).isFinite();
        }
    }

    @Test
    void shouldTakeItsSettings() {
        List<float[]> updates = draw(9);
        for (double share : new double[] {0, 0.2, 0.49}) {
            AggregationStrategy configured = strategy().configured(new StrategySettings(share));

            assertThat(configured.name()).isEqualTo(strategy().name());
            assertThat(InMemoryAggregation.of(configured, updates, weights(9))).hasSize(ELEMENTS);
        }
    }

    private float[] aggregate(List<float[]> updates, double... weights) {
        return InMemoryAggregation.of(strategy(), updates, weights);
    }

    /** As folds do it: what selects does so by the whole updates, and then all is done chunk by chunk. */
    private float[] aggregateInChunks(List<float[]> updates, int size, double[] weights) {
        AggregationStrategy strategy = strategy();
        double[] resulting = strategy instanceof SelectingStrategy selecting
                ? selecting.weights(weights, InMemoryAggregation.squaredDistances(updates))
                : weights;
        AggregationStrategy folding = strategy instanceof SelectingStrategy ? new WeightedMean() : strategy;
        float[] assembled = new float[ELEMENTS];
        for (int first = 0; first < ELEMENTS; first += size) {
            int from = first;
            int to = Math.min(ELEMENTS, first + size);
            List<float[]> chunks = new ArrayList<>();
            List<Double> kept = new ArrayList<>();
            for (int i = 0; i < updates.size(); i++) {
                if (resulting[i] > 0) {
                    chunks.add(Arrays.copyOfRange(updates.get(i), from, to));
                    kept.add(resulting[i]);
                }
            }
            float[] part = InMemoryAggregation.of(
                    folding,
                    chunks,
                    kept.stream().mapToDouble(Double::doubleValue).toArray());
            System.arraycopy(part, 0, assembled, from, to - from);
        }
        return assembled;
    }

    /** Magnitudes differ widely, so that sums in another order or precision have other bytes. */
    private static List<float[]> draw(int updates) {
        SplittableRandom random = new SplittableRandom(updates);
        return IntStream.range(0, updates)
                .mapToObj(update -> {
                    float[] values = new float[ELEMENTS];
                    for (int i = 0; i < ELEMENTS; i++) {
                        values[i] = (float) Math.scalb(random.nextDouble() - 0.5, random.nextInt(-20, 20));
                    }
                    return values;
                })
                .toList();
    }

    private static double[] weights(int updates) {
        return IntStream.range(0, updates).mapToDouble(i -> 100 + 37 * i).toArray();
    }

    private static int[] bits(float[] values) {
        return IntStream.range(0, values.length)
                .map(i -> Float.floatToRawIntBits(values[i]))
                .toArray();
    }
}
