package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Trains an adapter and a head on a frozen encoder, on several threads. A batch is cut into slices by its size alone, and
 * the slices' gradients are summed in their order, so the number of threads changes nothing in the result. OpenBLAS
 * chooses its kernels by the processor: bytes repeat on one kind of processor.
 *
 * <p>To be used by one thread; its own threads are idle between calls.
 */
public final class Engine implements AutoCloseable {
    /** Enough rows for the matrix products to be fast, and enough slices for two threads to share a small batch. */
    private static final int EXAMPLES_IN_A_SLICE = 8;

    /** Without a gradient there is no batch to share, so the slices can be as large as the products like them. */
    private static final int EXAMPLES_EVALUATED_TOGETHER = 32;

    private static final int MAX_SLICES = 16;

    private final EncoderModel model;
    private final ExecutorService workers;
    /** Passes that no thread uses just now. Guarded by itself. */
    private final Deque<EncoderPass> idle = new ArrayDeque<>();
    /** What the last forward needed at most; passes are made to hold it. Guarded by {@link #idle}. */
    private Capacity needed = new Capacity(0, 0, 0);

    private interface Work<T> {
        T on(EncoderPass pass);
    }

    /** Loss and gradient of one slice, both already divided by the batch size. */
    private static final class SliceResult {
        final double loss;
        final float[] gradient;

        SliceResult(double loss, float[] gradient) {
            this.loss = loss;
            this.gradient = gradient;
        }
    }

    public Engine(ModelDirectory model, AdapterShape adapter, int threads) {
        this.model = new EncoderModel(model, adapter);
        this.workers = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "trainer-worker");
            thread.setDaemon(true);
            return thread;
        });
    }

    public BertConfig config() {
        return model.config;
    }

    /** Copies of all trainable tensors, in layout order. */
    public List<Tensor> parameters() {
        return model.parameters();
    }

    /** @throws IllegalArgumentException when a tensor is no parameter or has another shape; then nothing has changed */
    public void load(List<Tensor> values) {
        model.load(values);
    }

    /**
     * One step of gradient descent on the mean cross-entropy of a batch.
     *
     * @param frozen names of the parameters that keep their values
     * @return the loss before the step
     */
    public double step(List<TokenIds> batch, int[] labels, float learningRate, Set<String> frozen) {
        float[] gradient = new float[model.positions.total()];
        double loss = gradient(batch, labels, gradient);
        model.descend(gradient, learningRate, frozen);
        return loss;
    }

    /** Mean loss of a batch and its gradient, added to {@code gradient} in layout order. */
    double gradient(List<TokenIds> batch, int[] labels, float[] gradient) {
        int size = batch.size();
        int slices = Math.min(MAX_SLICES, Math.max(1, size / EXAMPLES_IN_A_SLICE));
        List<Work<SliceResult>> work = new ArrayList<>();
        List<Packed> packs = new ArrayList<>();
        for (int slice = 0; slice < slices; slice++) {
            int from = slice * size / slices;
            int to = (slice + 1) * size / slices;
            Packed packed = new Packed(batch.subList(from, to));
            int[] sliceLabels = Arrays.copyOfRange(labels, from, to);
            packs.add(packed);
            work.add(pass -> gradientOfSlice(pass, packed, sliceLabels, size));
        }
        double loss = 0;
        for (SliceResult result : run(packs, work)) {
            loss += result.loss;
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += result.gradient[i];
            }
        }
        return loss;
    }

    private SliceResult gradientOfSlice(EncoderPass pass, Packed packed, int[] labels, int batchSize) {
        int hidden = model.config.hidden();
        NativeFloats features = pass.forward(packed);
        Head head = head();
        float[] headGradient = new float[model.head.length()];
        float[] feature = new float[hidden];
        float[] featureGradient = new float[hidden];
        double loss = 0;
        for (int i = 0; i < labels.length; i++) {
            features.read(i * hidden, feature, hidden);
            loss += head.backward(feature, labels[i], 1.0 / batchSize, headGradient, featureGradient);
            // The feature itself is not needed again, so its gradient takes its place.
            features.write(i * hidden, featureGradient, hidden);
        }
        float[] gradient = new float[model.positions.total()];
        pass.backward(features).read(0, gradient, model.positions.head());
        System.arraycopy(headGradient, 0, gradient, model.positions.head(), headGradient.length);
        return new SliceResult(loss / batchSize, gradient);
    }

    /** The head as it is now. */
    public Head head() {
        return head(headWeights());
    }

    /** A head with weights of its own, on this model's features. */
    public Head head(float[] weights) {
        return new Head(model.headShape, weights, model.pooler);
    }

    /** A copy of the head's tensors, end to end in layout order. */
    public float[] headWeights() {
        float[] weights = new float[model.head.length()];
        model.head.read(0, weights, weights.length);
        return weights;
    }

    /** The first token's last state of each example, which is what the head reads. What comes twice is computed once. */
    public float[][] features(List<TokenIds> examples) {
        // Texts of like length side by side keep the buffers small and the threads evenly loaded.
        List<TokenIds> distinct = examples.stream()
                .distinct()
                .sorted(Comparator.comparingInt(TokenIds::length))
                .toList();
        Map<TokenIds, float[]> features = new HashMap<>();
        List<Packed> packs = new ArrayList<>();
        List<Work<float[][]>> work = new ArrayList<>();
        for (int from = 0; from < distinct.size(); from += EXAMPLES_EVALUATED_TOGETHER) {
            Packed packed =
                    new Packed(distinct.subList(from, Math.min(distinct.size(), from + EXAMPLES_EVALUATED_TOGETHER)));
            packs.add(packed);
            work.add(pass -> features(pass, packed));
        }
        int next = 0;
        for (float[][] slice : run(packs, work)) {
            for (float[] feature : slice) {
                features.put(distinct.get(next++), feature);
            }
        }
        return examples.stream().map(features::get).toArray(float[][]::new);
    }

    private float[][] features(EncoderPass pass, Packed packed) {
        int hidden = model.config.hidden();
        NativeFloats states = pass.forward(packed);
        float[][] features = new float[packed.examples()][hidden];
        for (int i = 0; i < features.length; i++) {
            states.read(i * hidden, features[i], hidden);
        }
        return features;
    }

    /** Runs all on the workers and waits, also when one fails; results in the order of the work. */
    private <T> List<T> run(List<Packed> packs, List<Work<T>> work) {
        reserve(packs);
        List<Future<T>> running = work.stream()
                .map(task -> workers.submit(() -> {
                    EncoderPass pass = borrow();
                    try {
                        return task.on(pass);
                    } finally {
                        giveBack(pass);
                    }
                }))
                .toList();
        List<T> results = new ArrayList<>();
        RuntimeException failure = null;
        for (Future<T> future : running) {
            try {
                results.add(await(future));
            } catch (IllegalStateException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    /** The wait cannot be cut short: the workers use memory that a caller would free. The interrupt is kept for later. */
    private static <T> T await(Future<T> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a worker failed", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Drops passes that are too small. No work runs meanwhile. */
    private void reserve(List<Packed> packs) {
        synchronized (idle) {
            Capacity grown = packs.stream().map(Capacity::of).reduce(needed, Capacity::with);
            if (!needed.holds(grown)) {
                needed = grown;
                idle.forEach(EncoderPass::close);
                idle.clear();
            }
        }
    }

    private EncoderPass borrow() {
        synchronized (idle) {
            EncoderPass pass = idle.poll();
            return pass == null ? new EncoderPass(model, needed) : pass;
        }
    }

    private void giveBack(EncoderPass pass) {
        synchronized (idle) {
            idle.push(pass);
        }
    }

    @Override
    public void close() {
        workers.shutdown();
        synchronized (idle) {
            idle.forEach(EncoderPass::close);
            idle.clear();
        }
        model.close();
    }
}
