package io.rondo.aggregator.strategy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** How well each update is supported by others: the sum of its squared distances to its n − f − 2 nearest. */
final class KrumScores {
    private final StrategySettings settings;

    KrumScores(StrategySettings settings) {
        this.settings = settings;
    }

    /** How many of n updates are assumed faulty: the job's share, limited by n ≥ 2f + 3. */
    int faulty(int n) {
        return Math.max(0, Math.min(settings.faulty(n), (n - 3) / 2));
    }

    /** The updates, best supported first; with equal scores the earlier one comes first. */
    List<Integer> ascending(double[][] squaredDistances) {
        int n = squaredDistances.length;
        int neighbours = Math.min(n - 1, Math.max(1, n - faulty(n) - 2));
        double[] scores = new double[n];
        for (int i = 0; i < n; i++) {
            double[] row = squaredDistances[i].clone();
            // an update is not its own neighbour
            row[i] = Double.POSITIVE_INFINITY;
            Arrays.sort(row);
            for (int k = 0; k < neighbours; k++) {
                scores[i] += row[k];
            }
        }
        return IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> scores[i]))
                .toList();
    }
}
