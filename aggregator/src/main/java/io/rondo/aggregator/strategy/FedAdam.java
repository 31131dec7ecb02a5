package io.rondo.aggregator.strategy;

import java.util.List;

/**
 * Adam at the server (Reddi et al. 2021, arXiv 2003.00295, algorithm 2): m ← β₁m + (1−β₁)Δ, v ← β₂v + (1−β₂)Δ²,
 * x ← x + ηm/(√v + τ), with Δ the difference of the aggregate to the base.
 *
 * @param learningRate η
 * @param momentum β₁
 * @param secondMoment β₂
 * @param epsilon τ, above 0
 */
public record FedAdam(double learningRate, double momentum, double secondMoment, double epsilon)
        implements ServerOptimizer {
    static final String NAME = "fedadam";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> state() {
        return List.of("first-moment", "second-moment");
    }

    @Override
    public float[] step(float[] base, float[] aggregate, List<float[]> state) {
        float[] first = state.get(0);
        float[] second = state.get(1);
        float[] next = new float[base.length];
        for (int i = 0; i < next.length; i++) {
            double difference = (double) aggregate[i] - base[i];
            first[i] = Float32Rounding.finite(momentum * first[i] + (1 - momentum) * difference);
            second[i] = Float32Rounding.finite(secondMoment * second[i] + (1 - secondMoment) * difference * difference);
            next[i] = Float32Rounding.finite(base[i] + learningRate * first[i] / (Math.sqrt(second[i]) + epsilon));
        }
        return next;
    }
}
