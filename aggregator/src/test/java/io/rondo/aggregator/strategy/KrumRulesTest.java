package io.rondo.aggregator.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Krum and multi-Krum against a plain twin, and against attackers. */
class KrumRulesTest {
    private static final int ELEMENTS = 20;

    @Test
    void shouldChooseAsTheDefinitionDoes() {
        SplittableRandom random = new SplittableRandom(5);
        for (int n = 1; n <= 12; n++) {
            for (double share : new double[] {0, 0.2, 0.4}) {
                List<float[]> updates = draw(random, n);
                double[] given = IntStream.range(0, n).mapToDouble(i -> i + 1).toArray();
                double[][] distances = InMemoryAggregation.squaredDistances(updates);
                StrategySettings settings = new StrategySettings(share);
                int[] best = plain(updates, share);

                assertThat(chosen(new Krum().configured(settings).weights(given, distances)))
                        .containsExactly(best[0]);
                int kept = n - faulty(n, share);
                assertThat(chosen(new MultiKrum().configured(settings).weights(given, distances)))
                        .containsExactly(Arrays.stream(best, 0, kept).sorted().toArray());
            }
        }
    }

    @Test
    void shouldLeaveAttackersOut() {
        List<float[]> updates = draw(new SplittableRandom(1), 10);
        for (int attacker : new int[] {0, 4}) {
            for (int i = 0; i < ELEMENTS; i++) {
                updates.get(attacker)[i] = 1e6f * (attacker + 1);
            }
        }
        double[] given = new double[10];
        Arrays.fill(given, 1);
        double[][] distances = InMemoryAggregation.squaredDistances(updates);

        assertThat(new Krum().weights(given, distances)[0]).isZero();
        assertThat(chosen(new MultiKrum().weights(given, distances))).hasSize(8).doesNotContain(0, 4);
    }

    @Test
    void shouldChooseTheEarlierOfTwoAlike() {
        double[][] alike = new double[4][4];

        assertThat(chosen(new Krum().weights(new double[] {1, 1, 1, 1}, alike))).containsExactly(0);
    }

    private static int faulty(int n, double share) {
        int f = (int) (share * n + 1e-9);
        while (f > 0 && n < 2 * f + 3) {
            f--;
        }
        return f;
    }

    /** The slow twin: all updates, by the sum of the squared distances to the n − f − 2 nearest others. */
    private static int[] plain(List<float[]> updates, double share) {
        int n = updates.size();
        double[] scores = new double[n];
        for (int i = 0; i < n; i++) {
            int self = i;
            scores[i] = IntStream.range(0, n)
                    .filter(other -> other != self)
                    .mapToDouble(other -> IntStream.range(0, ELEMENTS)
                            .mapToDouble(e -> Math.pow((double) updates.get(self)[e] - updates.get(other)[e], 2))
                            .sum())
                    .sorted()
                    .limit(Math.max(1, n - faulty(n, share) - 2))
                    .sum();
        }
        return IntStream.range(0, n)
                .boxed()
                .sorted((a, b) -> Double.compare(scores[a], scores[b]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int[] chosen(double[] weights) {
        return IntStream.range(0, weights.length).filter(i -> weights[i] > 0).toArray();
    }

    private static List<float[]> draw(SplittableRandom random, int n) {
        return IntStream.range(0, n)
                .mapToObj(update -> {
                    float[] values = new float[ELEMENTS];
                    for (int i = 0; i < ELEMENTS; i++) {
                        values[i] = (float) random.nextDouble();
                    }
                    return values;
                })
                .toList();
    }
}
