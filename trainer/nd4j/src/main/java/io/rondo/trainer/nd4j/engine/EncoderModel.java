package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A frozen encoder, its adapters and its head. Many threads may read it at once; {@link #load} and {@link #step} want it
 * alone.
 */
final class EncoderModel implements AutoCloseable {
    final BertConfig config;
    final AdapterShape adapter;
    final LayerWeights[] layers;
    final Optional<FrozenProjections> projections;
    final FloatBuffer words;
    final float[] positionVectors;
    final float[] typeVectors;
    final float[] embeddingNormWeight;
    final float[] embeddingNormBias;
    final HeadShape headShape;
    /** The head's tensors, end to end. */
    final NativeFloats head;
    /** The frozen layer before the head, hidden × hidden and its bias, where the model has one. */
    final Optional<float[]> pooler;

    /** Where the head starts in the flat vector of all parameters, after all adapters. */
    final int headPosition;

    final double dropout;
    /** Whether A·x of the projections' adapters is computed with the projections: it is where both read the same x. */
    final boolean fusesAdapters;

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    EncoderModel(ModelDirectory model, AdapterShape adapter, EngineSettings settings) {
        this.dropout = settings.dropout();
        this.fusesAdapters = !adapter.isVera() && settings.dropout() == 0;
        this.config = model.config();
        this.adapter = adapter;
        this.words = model.words();
        this.positionVectors = LayerWeights.array(model.positions());
        this.typeVectors = LayerWeights.array(model.types());
        this.embeddingNormWeight = LayerWeights.array(model.embeddingNormWeight());
        this.embeddingNormBias = LayerWeights.array(model.embeddingNormBias());
        this.projections = adapter.isVera()
                ? Optional.of(new FrozenProjections(config, adapter, settings.seed()))
                : Optional.empty();
        this.layers = new LayerWeights[config.layers()];
        int position = 0;
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new LayerWeights(model, i, adapter, position);
            for (AdapterWeights weights : layers[i].adapters) {
                add(weights.down());
                add(weights.up());
                position += weights.down().shape().size() + weights.up().shape().size();
            }
        }
        this.headPosition = position;
        this.headShape = HeadShape.of(config, adapter.labels());
        this.head = NativeFloats.allocate(headShape.length());
        for (TensorShape tensor : headShape.layout()) {
            add(new Parameter(tensor, head, position - headPosition, position));
            position += tensor.size();
        }
        this.pooler = model.pooler();
    }

    private void add(Parameter parameter) {
        parameters.put(parameter.shape().name(), parameter);
    }

    /** Elements of the flat vector of all parameters. */
    int size() {
        return headPosition + headShape.length();
    }

    /** Copies of all trainable tensors, in layout order. */
    List<Tensor> parameters() {
        return parameters.values().stream()
                .map(parameter -> {
                    float[] values = new float[parameter.shape().size()];
                    parameter.memory().read(parameter.start(), values, values.length);
                    return new Tensor(
                            parameter.shape().name(), parameter.shape().shape(), values);
                })
                .toList();
    }

    /** @throws IllegalArgumentException when a tensor is not a parameter or has another shape; then nothing has changed */
    void load(List<Tensor> values) {
        for (Tensor tensor : values) {
            Parameter parameter = parameters.get(tensor.name());
            if (parameter == null || !Arrays.equals(parameter.shape().shape(), tensor.shape())) {
                throw new IllegalArgumentException(tensor + " is no parameter of this adapter"
                        + (parameter == null ? "" : ": " + parameter.shape()));
            }
        }
        for (Tensor tensor : values) {
            Parameter parameter = parameters.get(tensor.name());
            parameter.memory().write(parameter.start(), tensor.values(), tensor.size());
        }
    }

    /** One step of an optimizer on every parameter that is not frozen. */
    void step(float[] gradient, Optimizer optimizer, double learningRate, Set<String> frozen) {
        float[] values = new float[size()];
        List<Optimizer.Range> ranges = new ArrayList<>();
        for (Parameter parameter : parameters.values()) {
            if (!frozen.contains(parameter.shape().name())) {
                parameter.read(values);
                ranges.add(new Optimizer.Range(
                        parameter.position(),
                        parameter.position() + parameter.shape().size()));
            }
        }
        optimizer.step(values, gradient, ranges, learningRate);
        for (Parameter parameter : parameters.values()) {
            if (!frozen.contains(parameter.shape().name())) {
                parameter.write(values);
            }
        }
    }

    @Override
    public void close() {
        for (LayerWeights layer : layers) {
            layer.close();
        }
        projections.ifPresent(FrozenProjections::close);
        head.close();
    }
}
