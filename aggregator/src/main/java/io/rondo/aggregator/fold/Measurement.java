package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.round.MeasurementPlan;
import io.rondo.aggregator.strategy.NormClip;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Measures a partition's share of the updates of one round: norms as updates arrive, products once all are present. Sums run
 * over the elements of a chunk, then over the chunks in order.
 */
final class Measurement {
    private final MeasurementPlan measuring;
    private final Map<Integer, float[]> base;
    /** By attempt and ordinal. */
    private final Map<AttemptId, Map<Integer, Double>> squaredNorms = new HashMap<>();

    /** @param base the base chunks of the updates, by ordinal */
    Measurement(MeasurementPlan measuring, Map<Integer, float[]> base) {
        this.measuring = measuring;
        this.base = base;
    }

    void add(AttemptId attempt, FlatLayout.Chunk chunk, float[] values) {
        if (measuring == MeasurementPlan.NORMS) {
            squaredNorms
                    .computeIfAbsent(attempt, id -> new TreeMap<>())
                    .put(chunk.ordinal(), NormClip.product(values, values, base.get(chunk.ordinal())));
        }
    }

    /**
     * The contents of {@code PartMeasured} for these updates.
     *
     * @param cohort reads them all again if they must be compared
     * @return empty if an update is now found faulty
     */
    Optional<List<Double>> products(List<UpdateAccepted> updates, List<FlatLayout.Chunk> chunks, CohortReader cohort) {
        if (measuring == MeasurementPlan.NORMS) {
            return Optional.of(updates.stream().map(this::squaredNorm).toList());
        }
        int n = updates.size();
        double[] products = new double[n * (n + 1) / 2];
        boolean isSound = cohort.read(updates, chunks, (chunk, values) -> {
            float[] start = base.get(chunk.ordinal());
            int next = 0;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= i; j++) {
                    products[next++] += NormClip.product(values[i], values[j], start);
                }
            }
        });
        List<Double> list = new ArrayList<>();
        for (double product : products) {
            list.add(product);
        }
        return isSound ? Optional.of(list) : Optional.empty();
    }

    private double squaredNorm(UpdateAccepted update) {
        double sum = 0;
        for (double share : squaredNorms
                .getOrDefault(AttemptId.of(update.getManifest()), Map.of())
                .values()) {
            sum += share;
        }
        return sum;
    }

    /** The values of an update's chunk with its difference to the base scaled. */
    float[] scaled(FlatLayout.Chunk chunk, float[] values, double scale) {
        return NormClip.scaled(base.get(chunk.ordinal()), values, scale);
    }
}
