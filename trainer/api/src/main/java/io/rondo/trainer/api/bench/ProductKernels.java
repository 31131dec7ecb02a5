package io.rondo.trainer.api.bench;

import java.util.Locale;

/**
 * The library for a trainer's matrix products and its rate on one thread. Training is bit-reproducible if library, version
 * and kernels are the same.
 *
 * @param library such as {@code OpenBLAS}
 * @param version of the library
 * @param kernels the processor type of the library's kernels, such as {@code SkylakeX}
 * @param threads threads of the library, for each caller
 * @param gflops 10⁹ floating point operations a second of one thread
 * @param peakGflops the peak of the processor's vector units; NaN if unknown
 */
public record ProductKernels(
        String library, String version, String kernels, int threads, double gflops, double peakGflops) {

    /**
     * The least fraction of the vector units' peak that a library with suitable kernels reaches; see
     * docs/explanation/performance.md.
     */
    private static final double SLOW = 1.0 / 3;

    /** Whether the product rate is so far below the peak that the kernels must be for another processor. */
    public boolean areSlow() {
        return gflops < SLOW * peakGflops;
    }

    /** Text for users: library, kernels, rate. */
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
