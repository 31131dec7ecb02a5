package io.rondo.aggregator.strategy;

/**
 * The one update that is closest to its nearest neighbours (Blanchard et al. 2017, arXiv 1703.02757, section 4), so that a
 * minority of faulty ones, however far off, is not chosen.
 */
public final class Krum implements SelectingStrategy {
    private final KrumScores scores;

    /** For {@code ServiceLoader}. */
    public Krum() {
        this(StrategySettings.DEFAULTS);
    }

    private Krum(StrategySettings settings) {
        this.scores = new KrumScores(settings);
    }

    @Override
    public String name() {
        return "krum";
    }

    @Override
    public Krum configured(StrategySettings settings) {
        return new Krum(settings);
    }

    @Override
    public double[] weights(double[] given, double[][] squaredDistances) {
        double[] weights = new double[given.length];
        int best = scores.ascending(squaredDistances).get(0);
        weights[best] = given[best];
        return weights;
    }
}
