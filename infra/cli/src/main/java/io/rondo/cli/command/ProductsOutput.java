package io.rondo.cli.command;

import io.rondo.trainer.api.bench.ProductKernels;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the library of a trainer's matrix products is shown. */
public final class ProductsOutput {
    private ProductsOutput() {}

    public static Map<String, Object> json(ProductKernels products) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("library", products.library());
        json.put("version", products.version());
        json.put("kernels", products.kernels());
        json.put("threads", products.threads());
        json.put("gflops", rounded(products.gflops()));
        json.put("peakGflops", rounded(products.peakGflops()));
        json.put("slow", products.areSlow());
        return json;
    }

    /** Null where the number is not known: JSON has no NaN. */
    public static Double rounded(double value) {
        return Double.isNaN(value) ? null : (Double) (Math.round(value * 1e3) / 1e3);
    }
}
