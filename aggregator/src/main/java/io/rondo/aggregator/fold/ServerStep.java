package io.rondo.aggregator.fold;

import io.rondo.aggregator.strategy.ServerOptimizer;
import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Takes the server optimizer's step in one partition: from aggregated chunks to those of the adapter, with the new state. */
final class ServerStep {
    private final ServerOptimizer optimizer;
    private final ServerState serverState;

    ServerStep(ServerOptimizer optimizer, ServerState serverState) {
        this.optimizer = optimizer;
        this.serverState = serverState;
    }

    /** Chunks of the adapter, and pieces of state. */
    record Result(List<AdapterChunk> chunks, List<AdapterChunk> state) {}

    /** @param aggregated the partition's chunks as the strategy computed them */
    Result take(int round, int revision, List<AdapterChunk> aggregated) {
        Map<Integer, float[]> base = serverState.base(round);
        List<Map<Integer, float[]>> state = optimizer.state().stream()
                .map(kind -> serverState.state(round, kind))
                .toList();
        List<AdapterChunk> chunks = new ArrayList<>();
        List<AdapterChunk> pieces = new ArrayList<>();
        for (AdapterChunk aggregate : aggregated) {
            int ordinal = aggregate.getOrdinal();
            FlatLayout.Chunk place = new FlatLayout.Chunk(ordinal, (int) aggregate.getPosition(), aggregate.getCount());
            float[] values = new float[place.count()];
            TensorBytes.decode(DType.F32, aggregate.getValues(), values, 0, values.length);
            List<float[]> vectors =
                    state.stream().map(vector -> vector.get(ordinal)).toList();
            chunks.add(AdapterChunks.of(round, revision, place, optimizer.step(base.get(ordinal), values, vectors)));
            for (int i = 0; i < vectors.size(); i++) {
                pieces.add(AdapterChunks.ofState(
                        round,
                        revision,
                        place,
                        vectors.get(i),
                        optimizer.state().get(i)));
            }
        }
        return new Result(chunks, pieces);
    }
}
