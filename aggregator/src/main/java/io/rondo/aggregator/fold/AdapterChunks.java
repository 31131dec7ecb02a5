package io.rondo.aggregator.fold;

import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;

/** Folded values as records of {@code global-adapter}, which are always F32. */
final class AdapterChunks {
    private AdapterChunks() {}

    static AdapterChunk of(int round, int revision, FlatLayout.Chunk chunk, float[] values) {
        byte[] bytes = TensorBytes.encode(DType.F32, values, 0, values.length);
        return new AdapterChunk(
                round,
                revision,
                chunk.ordinal(),
                (long) chunk.position(),
                chunk.count(),
                ByteBuffer.wrap(bytes),
                Digests.of(bytes));
    }
}
