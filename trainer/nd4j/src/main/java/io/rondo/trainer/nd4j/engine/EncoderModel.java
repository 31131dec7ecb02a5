package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A frozen encoder, its adapters and its head. Many threads may read it at once; {@link #load} and {@link #descend} want
 * it alone.
 */
final class EncoderModel implements AutoCloseable {
    final BertConfig config;
    final AdapterShape adapter;
    final AdapterPositions positions;
    final LayerWeights[] layers;
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

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    /** A trainable tensor and where its values lie: in a memory of the model, and in a flat vector of gradients. */
    private record Parameter(TensorShape shape, NativeFloats memory, int start, int gradient) {}

    EncoderModel(ModelDirectory model, AdapterShape adapter) {
        this.config = model.config();
        this.adapter = adapter;
        this.positions = new AdapterPositions(config, adapter);
        this.words = model.words();
        this.positionVectors = LayerWeights.array(model.positions());
        this.typeVectors = LayerWeights.array(model.types());
        this.embeddingNormWeight = LayerWeights.array(model.embeddingNormWeight());
        this.embeddingNormBias = LayerWeights.array(model.embeddingNormBias());
        this.layers = new LayerWeights[config.layers()];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new LayerWeights(model, i, adapter);
        }
        this.headShape = HeadShape.of(config, adapter.labels());
        this.head = NativeFloats.allocate(headShape.length());
        this.pooler = model.pooler();
        indexParameters();
    }

    /** Walks the layout in its own order. */
    private void indexParameters() {
        List<TensorShape> layout = adapter.layout(config);
        int hidden = config.hidden();
        int next = 0;
        for (int layer = 0; layer < layers.length; layer++) {
            for (int i = 0; i < adapter.projections().size(); i++) {
                int down = (3 * hidden + i * adapter.rank()) * hidden;
                add(layout.get(next++), layers[layer].projections, down, positions.down(layer, i));
                add(layout.get(next++), layers[layer].up[i], 0, positions.up(layer, i));
            }
        }
        int start = 0;
        for (TensorShape tensor : headShape.layout()) {
            add(tensor, head, start, positions.head() + start);
            start += tensor.size();
        }
    }

    private void add(TensorShape shape, NativeFloats memory, int start, int gradient) {
        parameters.put(shape.name(), new Parameter(shape, memory, start, gradient));
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

    /** @throws IllegalArgumentException when a tensor is no parameter or has another shape; then nothing has changed */
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

    /** One step of plain gradient descent on every parameter that is not frozen. */
    void descend(float[] gradient, float learningRate, Set<String> frozen) {
        for (Parameter parameter : parameters.values()) {
            if (frozen.contains(parameter.shape().name())) {
                continue;
            }
            float[] values = new float[parameter.shape().size()];
            parameter.memory().read(parameter.start(), values, values.length);
            for (int i = 0; i < values.length; i++) {
                values[i] -= learningRate * gradient[parameter.gradient() + i];
            }
            parameter.memory().write(parameter.start(), values, values.length);
        }
    }

    @Override
    public void close() {
        for (LayerWeights layer : layers) {
            layer.close();
        }
        head.close();
    }
}
