package io.rondo.aggregator.strategy;

/**
 * The mean of each element without its smallest and largest values (Yin et al. 2018, arXiv 1803.01498, definition 2): the
 * job's share of faulty updates is left out at either end, and at least one where there are three, unless that share is 0.
 */
public final class TrimmedMean implements OrderStatistic {
    private static final int FEWEST = 3;

    private final StrategySettings settings;

    /** For {@code ServiceLoader}. */
    public TrimmedMean() {
        this(StrategySettings.DEFAULTS);
    }

    private TrimmedMean(StrategySettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "trimmed-mean";
    }

    @Override
    public TrimmedMean configured(StrategySettings given) {
        return new TrimmedMean(given);
    }

    @Override
    public float of(float[] ascending) {
        int n = ascending.length;
        int trimmed = n < FEWEST || settings.faultyShare() == 0 ? 0 : Math.max(1, settings.faulty(n));
        double sum = 0;
        for (int i = trimmed; i < n - trimmed; i++) {
            sum += ascending[i];
        }
        return (float) (sum / (n - 2 * trimmed));
    }
}
