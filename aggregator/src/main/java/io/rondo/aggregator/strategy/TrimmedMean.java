package io.rondo.aggregator.strategy;

/**
 * The mean of each element without its smallest and largest values (Yin et al. 2018, arXiv 1803.01498, definition 2): a
 * fifth of the updates is left out at either end, and at least one where there are three.
 */
public final class TrimmedMean implements OrderStatistic {
    private static final int ONE_IN = 5;
    private static final int FEWEST = 3;

    @Override
    public String name() {
        return "trimmed-mean";
    }

    @Override
    public float of(float[] ascending) {
        int n = ascending.length;
        int trimmed = n < FEWEST ? 0 : Math.max(1, n / ONE_IN);
        double sum = 0;
        for (int i = trimmed; i < n - trimmed; i++) {
            sum += ascending[i];
        }
        return (float) (sum / (n - 2 * trimmed));
    }
}
