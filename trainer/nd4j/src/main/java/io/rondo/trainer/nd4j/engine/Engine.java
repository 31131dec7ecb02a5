package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.engine.EncoderPass.Purpose;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Trains an adapter and a head on a frozen encoder, on several threads. A batch is cut into slices by its size alone, and
 * the slices' gradients are summed in their order, so the number of threads changes nothing in the result. OpenBLAS
 * chooses its kernels by the processor: bytes repeat on one kind of processor.
 *
 * <p>To be used by one thread; its own threads are idle between calls.
 */
public final class Engine implements AutoCloseable {
    /** Enough rows for the matrix products to be fast; more would leave less for a second thread. */
    private static final int TOKENS_IN_A_SLICE = 256;

    /** Inputs that are so short that their tokens alone would leave all of a batch to one thread. */
    private static final int EXAMPLES_IN_A_SLICE = 8;

    /** Without a gradient there is no batch to share, so the slices can be as large as the products like them. */
    private static final int EXAMPLES_EVALUATED_TOGETHER = 32;

    private static final int MAX_SLICES = 16;

    private final EncoderModel model;
    private final EngineSettings settings;
    private final ExecutorService workers;
    private final PassPool training;
    private final PassPool measuring;

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

    /** An engine without dropout, bounds of memory or a cache. */
    public Engine(ModelDirectory model, AdapterShape adapter, int threads) {
        this(model, adapter, EngineSettings.of(threads), StateCache.none());
    }

    /** @param cache for states of this model below the adapter's lowest layer; the result does not depend on it */
    public Engine(ModelDirectory model, AdapterShape adapter, EngineSettings settings, StateCache cache) {
        this.model = new EncoderModel(model, adapter, settings);
        this.settings = settings;
        this.workers = Executors.newFixedThreadPool(settings.threads(), task -> {
            Thread thread = new Thread(task, "trainer-worker");
            thread.setDaemon(true);
            return thread;
        });
        this.training = new PassPool(capacity -> new EncoderPass(this.model, cache, Purpose.TRAINING, capacity));
        this.measuring = new PassPool(capacity -> new EncoderPass(this.model, cache, Purpose.MEASURING, capacity));
    }

    public BertConfig config() {
        return model.config;
    }

    /** Copies of all trainable tensors, in layout order. */
    public List<Tensor> parameters() {
        return model.parameters();
    }

    /** @throws IllegalArgumentException when a tensor is not a parameter or has another shape; then nothing has changed */
    public void load(List<Tensor> values) {
        model.load(values);
    }

    /** Takes VeRA's projections from elsewhere instead of drawing them. */
    void loadProjections(Tensor a, Tensor b) {
        model.projections.orElseThrow().load(a, b);
    }

    /** Elements of all trainable tensors together. */
    public int size() {
        return model.size();
    }

    /**
     * One step of an optimizer on the mean cross-entropy of a batch.
     *
     * @param dropout what the adapters do not see
     * @param frozen names of the parameters that keep their values
     * @return the loss before the step
     */
    public double step(
            List<TokenIds> batch,
            int[] labels,
            Optional<Dropout> dropout,
            Set<String> frozen,
            Optimizer optimizer,
            double learningRate) {
        float[] gradient = new float[model.size()];
        double loss = gradient(batch, labels, dropout, frozen, gradient);
        model.step(gradient, optimizer, learningRate, frozen);
        return loss;
    }

    /** Mean loss of a batch and its gradient, added to {@code gradient} in layout order. */
    double gradient(
            List<TokenIds> batch, int[] labels, Optional<Dropout> dropout, Set<String> frozen, float[] gradient) {
        int size = batch.size();
        int slices = slices(size, batch.stream().mapToInt(TokenIds::length).sum(), settings);
        List<PackedExamples> packs = new ArrayList<>();
        List<Work<SliceResult>> work = new ArrayList<>();
        for (int number = 0; number < slices; number++) {
            int from = (int) ((long) number * size / slices);
            int to = (int) ((number + 1L) * size / slices);
            Slice slice = new Slice(new PackedExamples(batch.subList(from, to), from), dropout, frozen);
            int[] sliceLabels = Arrays.copyOfRange(labels, from, to);
            packs.add(slice.packed());
            work.add(pass -> gradientOfSlice(pass, slice, sliceLabels, size));
        }
        double[] loss = new double[1];
        run(training, packs, work, result -> {
            loss[0] += result.loss;
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += result.gradient[i];
            }
        });
        return loss[0];
    }

    /** The gradient of the mean loss of a batch, in layout order, without a step. */
    public float[] gradient(List<TokenIds> batch, int[] labels) {
        float[] gradient = new float[model.size()];
        gradient(batch, labels, Optional.empty(), Set.of(), gradient);
        return gradient;
    }

    /** The mean loss of a batch, without a step. */
    public double loss(List<TokenIds> batch, int[] labels) {
        float[][] features = features(batch);
        Head head = head();
        double loss = 0;
        for (int i = 0; i < labels.length; i++) {
            loss += head.loss(features[i], labels[i]) / labels.length;
        }
        return loss;
    }

    /** Tokens that a thread takes through the model at once, in a batch of inputs of one length. */
    public static int rowsOfASlice(int batch, int length, EngineSettings settings) {
        int slices = slices(batch, batch * length, settings);
        return (batch + slices - 1) / slices * length;
    }

    /** By the batch alone, and not by the number of threads. */
    private static int slices(int size, int tokens, EngineSettings settings) {
        int wanted = Math.max(size / EXAMPLES_IN_A_SLICE, tokens / TOKENS_IN_A_SLICE);
        int fast = Math.max(1, Math.min(wanted, Math.min(size, MAX_SLICES)));
        return settings.microBatch() == 0
                ? fast
                : Math.max(fast, (size + settings.microBatch() - 1) / settings.microBatch());
    }

    private SliceResult gradientOfSlice(EncoderPass pass, Slice slice, int[] labels, int batchSize) {
        int hidden = model.config.hidden();
        NativeFloats features = pass.forward(slice);
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
        float[] gradient = new float[model.size()];
        pass.backward(features).read(0, gradient, model.headPosition);
        System.arraycopy(headGradient, 0, gradient, model.headPosition, headGradient.length);
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
        List<PackedExamples> packs = new ArrayList<>();
        List<Work<float[][]>> work = new ArrayList<>();
        int together = settings.microBatch() == 0
                ? EXAMPLES_EVALUATED_TOGETHER
                : Math.min(EXAMPLES_EVALUATED_TOGETHER, settings.microBatch());
        for (int from = 0; from < distinct.size(); from += together) {
            PackedExamples packed =
                    new PackedExamples(distinct.subList(from, Math.min(distinct.size(), from + together)));
            packs.add(packed);
            work.add(pass -> features(pass, packed));
        }
        Iterator<TokenIds> next = distinct.iterator();
        run(measuring, packs, work, slice -> {
            for (float[] feature : slice) {
                features.put(next.next(), feature);
            }
        });
        return examples.stream().map(features::get).toArray(float[][]::new);
    }

    private float[][] features(EncoderPass pass, PackedExamples packed) {
        int hidden = model.config.hidden();
        NativeFloats states = pass.forward(Slice.measured(packed));
        float[][] features = new float[packed.examples()][hidden];
        for (int i = 0; i < features.length; i++) {
            states.read(i * hidden, features[i], hidden);
        }
        return features;
    }

    /**
     * Runs all on the workers, a few ahead of the one whose result is taken next, and takes the results in the order of
     * the work. When one fails, those under way are waited for.
     */
    private <T> void run(PassPool passes, List<PackedExamples> packs, List<Work<T>> work, Consumer<T> results) {
        passes.reserve(packs.stream().map(PassCapacity::of).reduce(new PassCapacity(0, 0, 0), PassCapacity::with));
        Deque<Future<T>> running = new ArrayDeque<>();
        Iterator<Work<T>> waiting = work.iterator();
        RuntimeException failure = null;
        while (!running.isEmpty() || (waiting.hasNext() && failure == null)) {
            while (waiting.hasNext() && failure == null && running.size() < 2 * settings.threads()) {
                Work<T> next = waiting.next();
                running.add(workers.submit(() -> on(passes, next)));
            }
            try {
                T result = await(running.remove());
                if (failure == null) {
                    results.accept(result);
                }
            } catch (IllegalStateException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static <T> T on(PassPool passes, Work<T> work) {
        EncoderPass pass = passes.borrow();
        try {
            return work.on(pass);
        } finally {
            passes.giveBack(pass);
        }
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
                    throw new IllegalStateException("a worker failed: " + e.getCause(), e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        workers.shutdown();
        training.close();
        measuring.close();
        model.close();
    }
}
