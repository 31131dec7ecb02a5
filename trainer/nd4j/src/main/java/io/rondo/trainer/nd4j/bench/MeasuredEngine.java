package io.rondo.trainer.nd4j.bench;

import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.bench.StepBenchSettings;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.Optimizer;
import io.rondo.trainer.nd4j.engine.TokenIds;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** An engine with a batch of full inputs. */
final class MeasuredEngine implements AutoCloseable {
    private static final double LEARNING_RATE = 0.01;

    private final Engine engine;
    private final Optimizer optimizer = Optimizer.sgd(0, 0);
    private final List<TokenIds> batch = new ArrayList<>();
    private final int[] labels;

    MeasuredEngine(Engine engine, StepBenchSettings settings) {
        this.engine = engine;
        SplittableRandom random = new SplittableRandom(7);
        this.labels = new int[settings.batch()];
        for (int i = 0; i < labels.length; i++) {
            int[] ids = random.ints(settings.length(), 0, engine.config().vocabulary())
                    .toArray();
            batch.add(new TokenIds(ids, new int[ids.length]));
            labels[i] = i % 2;
        }
    }

    /** Takes a step. Returns its seconds. */
    double step() {
        long start = System.nanoTime();
        engine.step(batch, labels, Optional.empty(), Set.of(), optimizer, LEARNING_RATE);
        return (System.nanoTime() - start) / 1e9;
    }

    double gradientError() {
        return GradientCheck.relativeError(engine, batch, labels);
    }

    /** Writes the batch, values at which there is a gradient of A, and the gradient there. */
    void write(Path file) throws IOException {
        List<Tensor> before = engine.parameters();
        Map<String, float[]> values = new HashMap<>();
        List<SafeTensorsWriter.Header> headers = new ArrayList<>();
        int length = batch.get(0).ids().length;
        float[] ids = new float[batch.size() * length];
        float[] classes = new float[labels.length];
        for (int i = 0; i < labels.length; i++) {
            classes[i] = labels[i];
            for (int j = 0; j < length; j++) {
                ids[i * length + j] = batch.get(i).ids()[j];
            }
        }
        put("ids", List.of(batch.size(), length), ids, headers, values);
        put("labels", List.of(labels.length), classes, headers, values);
        try {
            List<Tensor> start = GradientCheck.spread(before);
            engine.load(start);
            float[] gradient = engine.gradient(batch, labels);
            int position = 0;
            for (Tensor tensor : start) {
                List<Integer> shape = Arrays.stream(tensor.shape()).boxed().toList();
                put("value:" + tensor.name(), shape, tensor.values(), headers, values);
                put(
                        "gradient:" + tensor.name(),
                        shape,
                        Arrays.copyOfRange(gradient, position, position + tensor.size()),
                        headers,
                        values);
                position += tensor.size();
            }
        } finally {
            engine.load(before);
        }
        SafeTensorsWriter.write(file, headers, values::get);
    }

    private static void put(
            String name,
            List<Integer> shape,
            float[] array,
            List<SafeTensorsWriter.Header> headers,
            Map<String, float[]> values) {
        headers.add(new SafeTensorsWriter.Header(name, shape));
        values.put(name, array);
    }

    @Override
    public void close() {
        engine.close();
    }
}
