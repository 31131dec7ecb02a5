package io.rondo.cli.command;

import io.rondo.trainer.api.bench.ProductKernels;

/** How the library of a trainer's matrix products is shown. */
public final class ProductsOutput {
    private ProductsOutput() {}

    /** As a part of a command's JSON result. A rate that is not known is null. */
    public record Result(
            String library,
            String version,
            String kernels,
            int threads,
            Double gflops,
            Double peakGflops,
            boolean slow) {}

    public static Result json(ProductKernels products) {
        return new Result(
                products.library(),
                products.version(),
                products.kernels(),
                products.threads(),
                rounded(products.gflops()),
                rounded(products.peakGflops()),
                products.areSlow());
    }

    /** Null if the number is not known: JSON has no NaN. */
    public static Double rounded(double value) {
        return Double.isNaN(value) ? null : (Double) (Math.round(value * 1e3) / 1e3);
    }
}
