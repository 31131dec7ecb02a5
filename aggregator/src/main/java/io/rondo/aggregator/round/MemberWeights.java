package io.rondo.aggregator.round;

import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.NormClip;
import io.rondo.aggregator.strategy.SelectingStrategy;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.aggregator.strategy.StrategySettings;
import io.rondo.log.CohortMember;
import io.rondo.log.JobSpec;
import io.rondo.log.PartMeasured;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Computes the weights of a closed round's members from the measurements of the folds. All arithmetic is float64, and sums
 * run over the partitions in order, so anyone who reads the parts computes the same weights.
 */
final class MemberWeights {
    private final JobSpec spec;
    private final AggregationStrategy strategy;
    private final MeasurementPlan measuring;

    MemberWeights(JobSpec spec) {
        this.spec = spec;
        this.strategy = Strategies.installed(spec.getStrategy()).configured(StrategySettings.of(spec));
        this.measuring = MeasurementPlan.of(spec, strategy);
    }

    MeasurementPlan measuring() {
        return measuring;
    }

    /**
     * The members with their norms, scales and resulting weights.
     *
     * @param members the members named by the close
     * @param parts the measurements of each partition, in ascending partition order
     */
    List<CohortMember> weigh(List<CohortMember> members, Collection<PartMeasured> parts) {
        double[] products = new double[measuring.numbers(members.size())];
        for (PartMeasured part : parts) {
            for (int i = 0; i < products.length; i++) {
                products[i] += part.getProducts().get(i);
            }
        }
        double[] weights = members.stream().mapToDouble(CohortMember::getWeight).toArray();
        double[] norms = new double[weights.length];
        double[] scales = new double[weights.length];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = Math.sqrt(product(products, i, i));
            scales[i] = spec.getClip() > 0 ? new NormClip(spec.getClip()).scale(norms[i]) : RoundPhase.NOT_CLIPPED;
        }
        if (strategy instanceof SelectingStrategy selecting) {
            weights = selecting.weights(weights, distances(products, scales));
        }
        List<CohortMember> weighed = new ArrayList<>();
        for (int i = 0; i < norms.length; i++) {
            weighed.add(CohortMember.newBuilder(members.get(i))
                    .setWeight(weights[i])
                    .setNorm(norms[i])
                    .setScale(scales[i])
                    .build());
        }
        return weighed;
    }

    /** Whether the norm of the update exceeds the job's limit. */
    boolean isOver(CohortMember weighed) {
        return spec.getMaxUpdateNorm() > 0 && weighed.getNorm() > spec.getMaxUpdateNorm();
    }

    /** |sᵢdᵢ − sⱼdⱼ|² = sᵢ²|dᵢ|² + sⱼ²|dⱼ|² − 2sᵢsⱼ dᵢ·dⱼ: all distances follow from the products. */
    private double[][] distances(double[] products, double[] scales) {
        int n = scales.length;
        double[][] distances = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double squared = scales[i] * scales[i] * product(products, i, i)
                        + scales[j] * scales[j] * product(products, j, j)
                        - 2 * scales[i] * scales[j] * product(products, i, j);
                distances[i][j] = Math.max(0, squared);
                distances[j][i] = distances[i][j];
            }
        }
        return distances;
    }

    /** @param j at most i */
    private double product(double[] products, int i, int j) {
        return measuring == MeasurementPlan.NORMS ? products[i] : products[i * (i + 1) / 2 + j];
    }
}
