package io.rondo.aggregator.strategy;

/**
 * The weighted mean without the updates that are farthest from their nearest neighbours: as many are left out as may be
 * faulty (Blanchard et al. 2017, arXiv 1703.02757, section 4, with m = n − f).
 */
public final class MultiKrum implements SelectingStrategy {
    private final KrumScores scores;

    /** For {@code ServiceLoader}. */
    public MultiKrum() {
        this(StrategySettings.DEFAULTS);
    }

    private MultiKrum(StrategySettings settings) {
        this.scores = new KrumScores(settings);
    }

    @Override
    public String name() {
        return "multi-krum";
    }

    @Override
    public MultiKrum configured(StrategySettings settings) {
        return new MultiKrum(settings);
    }

    @Override
    public double[] weights(double[] given, double[][] squaredDistances) {
        int n = given.length;
        double[] weights = new double[n];
        scores.ascending(squaredDistances).subList(0, n - scores.faulty(n)).forEach(i -> weights[i] = given[i]);
        return weights;
    }
}
