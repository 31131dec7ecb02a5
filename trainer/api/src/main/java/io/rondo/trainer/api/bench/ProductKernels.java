package io.rondo.trainer.api.bench;

import java.util.Locale;

/**
 * What computes a trainer's matrix products, and how fast it is on one thread. Training bytes repeat where library, version
 * and kernels are the same.
 *
 * @param library such as {@code OpenBLAS}
 * @param version of the library
 * @param kernels the kind of processor that the library's kernels are for, such as {@code SkylakeX}
 * @param threads of the library itself, for each caller
 * @param gflops 10⁹ floating point operations a second of one thread
 * @param peakGflops the same of the processor's vector units alone; NaN where that is not known
 */
public record ProductKernels(
        String library, String version, String kernels, int threads, double gflops, double peakGflops) {

    /** The least part of the vector units' rate that a library with fitting kernels reaches; see docs/explanation/performance.md. */
    private static final double SLOW = 1.0 / 3;

    /** Whether the products are so far below the vector units that the kernels must be those of another processor. */
    public boolean areSlow() {
        return gflops < SLOW * peakGflops;
    }

    /** For a person: library, kernels, rate. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s %s, %s kernels, %.0f GFLOP/s a thread%s",
                library,
                version,
                kernels,
                gflops,
                Double.isNaN(peakGflops)
                        ? ""
                        : String.format(Locale.ROOT, " of %.0f that the vector units reach", peakGflops));
    }
}
