package io.rondo.aggregator.fold;

import io.rondo.aggregator.strategy.OrderStatistic;
import io.rondo.log.AdapterChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Folds a closed round whose strategy needs all updates at once. */
final class CohortFold {
    private final CohortReader cohort;
    private final OrderStatistic statistic;
    private final Scaling scaling;

    /** Transforms a member's values before they are folded. */
    interface Scaling {
        Scaling NONE = (member, chunk, values) -> values;

        float[] of(int member, FlatLayout.Chunk chunk, float[] values);
    }

    CohortFold(CohortReader cohort, OrderStatistic statistic, Scaling scaling) {
        this.cohort = cohort;
        this.statistic = statistic;
        this.scaling = scaling;
    }

    /** The adapter's chunks; empty if an update is found faulty. */
    Optional<List<AdapterChunk>> fold(
            List<UpdateAccepted> updates, List<FlatLayout.Chunk> chunks, int round, int revision) {
        List<AdapterChunk> folded = new ArrayList<>();
        boolean isSound = cohort.read(
                updates,
                chunks,
                (chunk, values) -> folded.add(AdapterChunks.of(round, revision, chunk, combine(chunk, values))));
        return isSound ? Optional.of(folded) : Optional.empty();
    }

    private float[] combine(FlatLayout.Chunk chunk, float[][] values) {
        for (int member = 0; member < values.length; member++) {
            values[member] = scaling.of(member, chunk, values[member]);
        }
        float[] combined = new float[chunk.count()];
        float[] element = new float[values.length];
        for (int i = 0; i < combined.length; i++) {
            for (int update = 0; update < values.length; update++) {
                element[update] = values[update][i];
            }
            Arrays.sort(element);
            combined[i] = statistic.of(element);
        }
        return combined;
    }
}
