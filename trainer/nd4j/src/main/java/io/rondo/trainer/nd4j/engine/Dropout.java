package io.rondo.trainer.nd4j.engine;

/**
 * Inverted dropout of one training step. Whether an element is dropped depends on the step's key and on where it is, and
 * on nothing that happened before: an example drops the same elements on any thread, in any slice. Immutable.
 */
public final class Dropout {
    /** Steps of Weyl sequences; the first is that of SplitMix64. */
    private static final long COLUMN_STEP = 0x9e3779b97f4a7c15L;

    private static final long ROW_STEP = 0xd1342543de82ef95L;

    private final long key;
    /** Of 2⁶⁴ equally likely hashes, as unsigned numbers, those below this one drop. */
    private final long threshold;

    private final float scale;

    /**
     * @param probability of an element to be dropped, from 0 to below 1
     * @param key of the step
     */
    public Dropout(double probability, long key) {
        this.key = key;
        // in two halves, since a double beyond 2⁶³ does not fit into a long
        this.threshold = ((long) (probability * 0x1p32)) << 32;
        this.scale = (float) (1 / (1 - probability));
    }

    /**
     * Zeroes the dropped elements of a row, and scales the others.
     *
     * @param layer number of the layer
     * @param module whose input it is
     * @param example number of the example in its batch
     * @param token number of the token in the example
     */
    void apply(int layer, TargetModule module, int example, int token, float[] row, int count) {
        long place = ((long) layer * 16 + module.number()) << 40;
        long rowKey = mix(key ^ mix(place + (long) example * ROW_STEP + token));
        for (int i = 0; i < count; i++) {
            boolean dropped = Long.compareUnsigned(mix(rowKey + i * COLUMN_STEP), threshold) < 0;
            row[i] = dropped ? 0 : row[i] * scale;
        }
    }

    /** The finalizer of SplitMix64, a bijection that spreads every bit over all others. */
    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
