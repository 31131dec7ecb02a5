package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.adapter.VeraProjections;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.model.BertConfig;

/** VeRA's frozen projections, one pair for all layers and modules. */
final class FrozenProjections implements AutoCloseable {
    /** A, rank × {@link #columns}. */
    final NativeFloats down;

    /** Length of a row of A: a narrower module uses the first columns. */
    final int columns;

    /** B, out × rank; a narrower module uses the first rows. */
    final NativeFloats up;

    FrozenProjections(BertConfig config, AdapterShape adapter, long seed) {
        columns = adapter.modules().stream()
                .mapToInt(module -> module.in(config))
                .max()
                .orElseThrow();
        int rows = adapter.modules().stream()
                .mapToInt(module -> module.out(config))
                .max()
                .orElseThrow();
        down = copyOf(VeraProjections.a(seed, adapter.rank(), columns).values());
        up = copyOf(VeraProjections.b(seed, rows, adapter.rank()).values());
    }

    /**
     * Takes others, such as those that PEFT drew.
     *
     * @throws IllegalArgumentException when a tensor has another number of elements
     */
    void load(Tensor a, Tensor b) {
        if (a.size() != down.length() || b.size() != up.length()) {
            throw new IllegalArgumentException(a + " and " + b + " are not these projections");
        }
        down.write(0, a.values(), a.size());
        up.write(0, b.values(), b.size());
    }

    private static NativeFloats copyOf(float[] values) {
        NativeFloats copy = NativeFloats.allocate(values.length);
        copy.write(0, values, values.length);
        return copy;
    }

    @Override
    public void close() {
        down.close();
        up.close();
    }
}
