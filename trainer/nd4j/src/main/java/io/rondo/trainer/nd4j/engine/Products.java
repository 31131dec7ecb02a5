package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.bench.ProductKernels;
import io.rondo.trainer.nd4j.kernel.PeakRate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the library of the matrix products, once in a process: oneDNN where it is installed for a processor with AVX2,
 * else OpenBLAS. The rule looks at no time, so that two runs on one machine never differ in their bytes; the rate is
 * measured to be told, and to be held against the vector units.
 */
public final class Products {
    /** Names the library: {@code onednn} or {@code openblas}. */
    public static final String PROPERTY = "rondo.products";

    private static final Logger LOG = LoggerFactory.getLogger(Products.class);

    /** A library and how fast it is. */
    private static final class Measured {
        static final ProductKernels KERNELS = measured();
    }

    private static final class Chosen {
        static final ProductLibrary LIBRARY = chosen(System.getProperty(PROPERTY, ""));
    }

    private static final int ROWS = 256;
    private static final int WIDTH = 384;
    private static final int WARM_UP = 2;
    private static final int PRODUCTS = 10;

    private Products() {}

    /** What computes the products of this process; the first call takes a part of a second, most of it for the peak. */
    public static ProductKernels kernels() {
        return Measured.KERNELS;
    }

    static ProductLibrary library() {
        return Chosen.LIBRARY;
    }

    /** @throws RondoException when a library is asked for by name and is not there */
    static ProductLibrary chosen(String name) {
        ProductLibrary openBlas = new OpenBlas();
        return switch (name) {
            case "openblas" -> openBlas;
            case "", "onednn" -> oneDnnOr(openBlas, !name.isEmpty());
            default ->
                throw new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "-D" + PROPERTY + " is '" + name + "'",
                        "set it to onednn or openblas, or leave it out");
        };
    }

    private static ProductLibrary oneDnnOr(ProductLibrary other, boolean mustBe) {
        try {
            OneDnn oneDnn = new OneDnn();
            return oneDnn.isFast() || mustBe ? oneDnn : other;
        } catch (LinkageError e) {
            if (mustBe) {
                throw new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "-D" + PROPERTY + " is 'onednn', which is not installed for this machine: " + e.getMessage(),
                        "set it to openblas, or leave it out",
                        e);
            }
            LOG.info("oneDNN is not installed for this machine, OpenBLAS takes its place: {}", e.getMessage());
            return other;
        }
    }

    private static ProductKernels measured() {
        ProductLibrary library = library();
        return new ProductKernels(
                library.name(),
                library.version(),
                library.kernels(),
                library.threads(),
                rate(library),
                PeakRate.gflopsOfOneThread());
    }

    /** Of one thread, the best of some products of about a millisecond each: what else runs on the machine hardly matters. */
    static double rate(ProductLibrary library) {
        Blas blas = new Blas(library);
        double operations = 2.0 * ROWS * WIDTH * WIDTH;
        double best = 0;
        try (NativeFloats states = NativeFloats.allocate(ROWS * WIDTH);
                NativeFloats weights = NativeFloats.allocate(WIDTH * WIDTH);
                NativeFloats out = NativeFloats.allocate(ROWS * WIDTH)) {
            for (int i = 0; i < WARM_UP + PRODUCTS; i++) {
                long start = System.nanoTime();
                blas.multiplyByTransposed(
                        ROWS, WIDTH, WIDTH, 1, states.at(0), WIDTH, weights.at(0), WIDTH, 0, out.at(0), WIDTH);
                best = Math.max(best, operations / (System.nanoTime() - start));
            }
        }
        return best;
    }
}
