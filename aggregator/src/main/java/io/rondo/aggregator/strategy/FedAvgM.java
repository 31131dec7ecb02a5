package io.rondo.aggregator.strategy;

import java.util.List;

/**
 * Momentum at the server (Hsu et al. 2019, arXiv 1909.06335): v ← βv + Δ, x ← x + ηv, with Δ the difference of the aggregate to
 * the base.
 *
 * @param learningRate η
 * @param momentum β
 */
public record FedAvgM(double learningRate, double momentum) implements ServerOptimizer {
    static final String NAME = "fedavgm";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> state() {
        return List.of("momentum");
    }

    @Override
    public float[] step(float[] base, float[] aggregate, List<float[]> state) {
        float[] velocity = state.get(0);
        float[] next = new float[base.length];
        for (int i = 0; i < next.length; i++) {
            double difference = (double) aggregate[i] - base[i];
            velocity[i] = Float32Rounding.finite(momentum * velocity[i] + difference);
            next[i] = Float32Rounding.finite(base[i] + learningRate * velocity[i]);
        }
        return next;
    }
}
