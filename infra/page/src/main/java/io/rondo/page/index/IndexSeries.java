package io.rondo.page.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lines of measures over the rounds of a job. Not safe for several threads. */
final class IndexSeries {
    private final IndexedJob index;

    IndexSeries(IndexedJob index) {
        this.index = index;
    }

    /** The numbers of the rounds in a range, thinned to at most so many, the last one kept. */
    int[] numbers(int from, int to, int most) {
        List<Integer> all = index.rounds.subMap(from, true, to, true).values().stream()
                .filter(round -> round.status != null)
                .map(round -> round.round)
                .toList();
        int step = Math.max(1, (all.size() + most - 1) / most);
        List<Integer> kept = new ArrayList<>();
        for (int i = all.size() - 1; i >= 0; i -= step) {
            kept.add(0, all.get(i));
        }
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Lowest, mean and highest of a measure over the trainers of these rounds, in this order. */
    List<Views.Series> spread(Measure measure, int[] numbers) {
        double[] low = new double[numbers.length];
        double[] mean = new double[numbers.length];
        double[] high = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            RoundEntry round = index.rounds.get(numbers[i]);
            double sum = 0;
            int count = 0;
            low[i] = Double.NaN;
            high[i] = Double.NaN;
            for (int trainer = 0; trainer < round.room(); trainer++) {
                double value = measure.of(round.at(trainer));
                if (Double.isFinite(value)) {
                    sum += value;
                    count++;
                    low[i] = Double.isNaN(low[i]) ? value : Math.min(low[i], value);
                    high[i] = Double.isNaN(high[i]) ? value : Math.max(high[i], value);
                }
            }
            mean[i] = count == 0 ? Double.NaN : sum / count;
        }
        return List.of(
                new Views.Series("lowest", low), new Views.Series("mean", mean), new Views.Series("highest", high));
    }

    /** A measure of one trainer over these rounds; empty if there is no such trainer. */
    Optional<Views.Series> of(Measure measure, String trainer, int[] numbers) {
        Integer column = index.indexes.get(trainer);
        if (column == null) {
            return Optional.empty();
        }
        double[] values = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            values[i] = measure.of(index.rounds.get(numbers[i]).at(column));
        }
        return Optional.of(new Views.Series(trainer, values));
    }
}
