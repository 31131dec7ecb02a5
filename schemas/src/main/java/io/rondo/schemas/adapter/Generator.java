package io.rondo.schemas.adapter;

import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The specified generator of initial values: any language draws the same bytes. Counter-based, so that any part of a
 * tensor can be drawn alone: block {@code b} is the SHA-256 of the ASCII text {@code rondo-generator-v1}, line feed, the
 * seed in decimal, line feed, the tensor's name, line feed, {@code b} in decimal. Its 32 bytes are eight little-endian
 * unsigned 32-bit integers {@code u}; value {@code 8b + k} is {@code ((u_k >> 8) · 2⁻²³ − 1) · bound}, computed in
 * float64 and rounded once to float32.
 */
public final class Generator {
    private static final int VALUES_A_BLOCK = 8;
    private static final double STEP = 0x1p-23;

    private Generator() {}

    /** Fills {@code out} with values uniform on [−bound, bound). */
    public static void uniform(long seed, String tensor, double bound, float[] out) {
        MessageDigest sha256 = Digests.newSha256();
        byte[] prefix = ("rondo-generator-v1\n" + seed + '\n' + tensor + '\n').getBytes(StandardCharsets.US_ASCII);
        ByteBuffer block = ByteBuffer.allocate(0);
        for (int i = 0; i < out.length; i++) {
            if (i % VALUES_A_BLOCK == 0) {
                sha256.update(prefix);
                sha256.update(Integer.toString(i / VALUES_A_BLOCK).getBytes(StandardCharsets.US_ASCII));
                block = ByteBuffer.wrap(sha256.digest()).order(ByteOrder.LITTLE_ENDIAN);
            }
            out[i] = (float) (((block.getInt() >>> 8) * STEP - 1) * bound);
        }
    }

    /** A⁰ of one module: Kaiming uniform with a = √5, that is uniform on [−1/√in, 1/√in), for a shape of rank × in. */
    public static Tensor loraA(long seed, TensorShape shape) {
        int[] dimensions = shape.shape();
        float[] values = new float[shape.size()];
        uniform(seed, shape.name(), 1 / Math.sqrt(dimensions[dimensions.length - 1]), values);
        return new Tensor(shape.name(), dimensions, values);
    }
}
