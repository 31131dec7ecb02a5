package io.rondo.inspect.scan;

import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What the ceiling does with a record: SHA-256 over its values and a float64 weighted sum by ordinal. */
public final class RawSum {
    private static final double WEIGHT = 100;

    private final MessageDigest sha256 = Digests.newSha256();
    private final Map<Integer, double[]> sums = new HashMap<>();
    private float[] scratch = new float[0];

    /** Adds a chunk, and tells how many bytes of values it has. */
    public int add(byte[] record) {
        RawChunk chunk = new RawChunk(record);
        sha256.update(chunk.record(), chunk.from(), chunk.length());
        if (!Arrays.equals(sha256.digest(), 0, 32, chunk.record(), chunk.digestFrom(), chunk.digestFrom() + 32)) {
            throw new IllegalStateException("chunk " + chunk.ordinal() + " has another digest than it says");
        }
        int count = chunk.length() / Float.BYTES;
        if (scratch.length < count) {
            scratch = new float[count];
        }
        ByteBuffer.wrap(chunk.record(), chunk.from(), chunk.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(scratch, 0, count);
        double[] sum = sums.computeIfAbsent(chunk.ordinal(), key -> new double[count]);
        for (int i = 0; i < Math.min(sum.length, count); i++) {
            sum[i] += WEIGHT * scratch[i];
        }
        return chunk.length();
    }
}
