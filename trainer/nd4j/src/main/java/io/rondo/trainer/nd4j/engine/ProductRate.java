package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.kernel.PeakRate;
import io.rondo.trainer.nd4j.model.BertConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The rate of the machine's matrix products on the shapes of a model: what a step cannot be faster than. Each thread
 * multiplies the rows of a slice by the weights of a layer, as the engine does, and nothing else.
 */
public final class ProductRate implements AutoCloseable {
    private final List<Multiplier> multipliers = new ArrayList<>();
    private final ExecutorService threads;

    /** @param rows tokens of a slice */
    public ProductRate(BertConfig config, int rows, int threads) {
        for (int i = 0; i < threads; i++) {
            multipliers.add(new Multiplier(config, rows));
        }
        this.threads = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "product-rate");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Floating point operations a second of all threads together, over so many layers each. */
    public double measure(int layers) {
        long start = System.nanoTime();
        List<Future<Double>> running = new ArrayList<>();
        multipliers.forEach(multiplier -> running.add(threads.submit(() -> multiplier.run(layers))));
        double operations = sum(running);
        return operations / ((System.nanoTime() - start) / 1e9);
    }

    /** Floating point operations a second of the vector units alone, all threads together; NaN where that is not known. */
    public double peak() {
        List<Future<Double>> running = new ArrayList<>();
        multipliers.forEach(multiplier -> running.add(threads.submit(() -> PeakRate.gflopsOfOneThread() * 1e9)));
        return sum(running);
    }

    private static double sum(List<Future<Double>> running) {
        double sum = 0;
        for (Future<Double> each : running) {
            try {
                sum += each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a product failed", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
        return sum;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        multipliers.forEach(Multiplier::close);
    }

    /** One thread's matrices. */
    private static final class Multiplier implements AutoCloseable {
        private final Blas blas = new Blas();
        private final int rows;
        private final int hidden;
        private final int wide;
        private final NativeFloats states;
        private final NativeFloats out;
        private final NativeFloats weights;

        Multiplier(BertConfig config, int rows) {
            this.rows = rows;
            this.hidden = config.hidden();
            this.wide = config.intermediate();
            long widest = Math.max(wide, 3 * hidden);
            this.states = NativeFloats.allocate(rows * widest);
            this.out = NativeFloats.allocate(rows * widest);
            this.weights = NativeFloats.allocate(hidden * widest);
        }

        /** Those of a layer's forward: projections, attention's output, and the two of the feed-forward. */
        double operations() {
            return 2.0 * rows * hidden * (4.0 * hidden + 2.0 * wide);
        }

        double run(int layers) {
            for (int layer = 0; layer < layers; layer++) {
                product(3 * hidden, hidden);
                product(hidden, hidden);
                product(wide, hidden);
                product(hidden, wide);
            }
            return layers * operations();
        }

        private void product(int columns, int inner) {
            blas.multiplyByTransposed(
                    rows, columns, inner, 1, states.at(0), inner, weights.at(0), inner, 0, out.at(0), columns);
        }

        @Override
        public void close() {
            states.close();
            out.close();
            weights.close();
        }
    }
}
