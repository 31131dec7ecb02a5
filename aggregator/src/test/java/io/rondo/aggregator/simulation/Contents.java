package io.rondo.aggregator.simulation;

import io.rondo.log.DType;
import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/** What an update holds: its values, and its chunks as bytes. A few are made once and used by all simulations. */
final class Contents {
    static final int VARIANTS = 16;
    /** What the job is submitted with. */
    static final int INITIAL = 0;

    private static final Map<Key, Contents> MADE = new ConcurrentHashMap<>();

    private final float[] values;
    private final List<byte[]> chunks = new ArrayList<>();
    private final List<Sha256> digests = new ArrayList<>();

    private record Key(int elements, int chunks, DType dtype, int variant) {}

    private Contents(float[] written, FlatLayout flat, DType dtype) {
        values = new float[written.length];
        for (int ordinal = 0; ordinal < flat.chunks(); ordinal++) {
            FlatLayout.Chunk chunk = flat.chunk(ordinal);
            byte[] bytes = TensorBytes.encode(dtype, written, chunk.position(), chunk.count());
            TensorBytes.decode(dtype, java.nio.ByteBuffer.wrap(bytes), values, chunk.position(), chunk.count());
            chunks.add(bytes);
            digests.add(Digests.of(bytes));
        }
    }

    static Contents of(int variant, FlatLayout flat, DType dtype) {
        return MADE.computeIfAbsent(
                new Key(flat.elements(), flat.chunks(), dtype, variant),
                key -> new Contents(draw(variant, flat.elements()), flat, dtype));
    }

    /** The same with one element that is no number. */
    Contents withNaN(int element, FlatLayout flat, DType dtype) {
        float[] poisoned = values.clone();
        poisoned[element] = Float.NaN;
        return new Contents(poisoned, flat, dtype);
    }

    /** Magnitudes differ widely, so that a sum in another order or precision has other bytes. */
    private static float[] draw(int variant, int elements) {
        SplittableRandom random = new SplittableRandom(variant);
        float[] drawn = new float[elements];
        for (int i = 0; i < elements; i++) {
            drawn[i] = (float) Math.scalb(random.nextDouble() - 0.5, random.nextInt(-12, 12));
        }
        return drawn;
    }

    /** The values as a reader decodes them. */
    float value(int element) {
        return values[element];
    }

    byte[] chunk(int ordinal) {
        return chunks.get(ordinal);
    }

    Sha256 digest(int ordinal) {
        return digests.get(ordinal);
    }

    List<Sha256> digests() {
        return digests;
    }
}
