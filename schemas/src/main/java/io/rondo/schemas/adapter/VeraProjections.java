package io.rondo.schemas.adapter;

import io.rondo.schemas.tensor.Tensor;

/**
 * VeRA's frozen projections (arXiv 2310.11454): one pair for a job, drawn from its seed, under PEFT's names. They have the
 * largest width of the adapted modules; as in PEFT, a narrower module uses the first columns of A and the first rows of B.
 * They are never uploaded.
 */
public final class VeraProjections {
    public static final String A = "base_model.vera_A";
    public static final String B = "base_model.vera_B";

    private VeraProjections() {}

    /** A, rank × in: Kaiming uniform with a gain of √2, that is uniform on ±√(6/in). */
    public static Tensor a(long seed, int rank, int in) {
        return drawn(seed, A, rank, in);
    }

    /** B, out × rank: uniform on ±√(6/rank). */
    public static Tensor b(long seed, int out, int rank) {
        return drawn(seed, B, out, rank);
    }

    private static Tensor drawn(long seed, String name, int rows, int columns) {
        float[] values = new float[Math.multiplyExact(rows, columns)];
        Generator.uniform(seed, name, Math.sqrt(6.0 / columns), values);
        return new Tensor(name, new int[] {rows, columns}, values);
    }
}
