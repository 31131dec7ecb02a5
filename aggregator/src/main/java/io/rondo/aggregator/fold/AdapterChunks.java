package io.rondo.aggregator.fold;

import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;

/** Folded values as records of {@code global-adapter}, which are always F32. */
public final class AdapterChunks {
    /** The kind of a chunk that is a piece of the adapter. */
    public static final String ADAPTER = "adapter";

    private AdapterChunks() {}

    static AdapterChunk of(int round, int revision, FlatLayout.Chunk chunk, float[] values) {
        return of(round, revision, chunk, values, ADAPTER);
    }

    /** A piece of the server optimizer's state: readers of the adapter skip it by its revision. */
    static AdapterChunk ofState(int round, int revision, FlatLayout.Chunk chunk, float[] values, String kind) {
        return of(round, -revision, chunk, values, kind);
    }

    private static AdapterChunk of(int round, int revision, FlatLayout.Chunk chunk, float[] values, String kind) {
        byte[] bytes = TensorBytes.encode(DType.F32, values, 0, values.length);
        return new AdapterChunk(
                round,
                revision,
                chunk.ordinal(),
                (long) chunk.position(),
                chunk.count(),
                ByteBuffer.wrap(bytes),
                Digests.of(bytes),
                kind);
    }
}
