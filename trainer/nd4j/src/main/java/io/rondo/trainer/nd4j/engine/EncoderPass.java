package io.rondo.trainer.nd4j.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Forward and backward of some examples on one thread: all layers from the lowest adapted one on, and the first token's
 * last state of each example. All buffers are allocated once, for a capacity.
 */
final class EncoderPass implements AutoCloseable {
    private final PassCapacity capacity;
    private final int lowest;
    private final Scratch scratch;
    private final Embeddings embeddings;
    private final Optional<FrozenLayers> frozenLayers;
    private final List<LayerBuffers> buffers = new ArrayList<>();
    /** The input of each of the layers, tokens × hidden. */
    private final List<NativeFloats> inputs = new ArrayList<>();

    private final List<Attention> attentions = new ArrayList<>();
    private final List<OutputBlock> outputs = new ArrayList<>();
    private final FirstTokenAttention lastAttention;
    private final OutputBlock lastOutput;
    /** Results of attention, and in the backward their gradients. */
    private final NativeFloats context;
    /** Gradient of a layer's input, tokens × hidden. */
    private final NativeFloats inputGradient;

    private final NativeFloats features;
    private final NativeFloats gradient;
    private Slice slice;

    /** What a pass is for. */
    enum Purpose {
        /** Forward and backward: each layer keeps what it needs. */
        TRAINING,
        /** Forward alone: the layers share their buffers. */
        MEASURING
    }

    EncoderPass(EncoderModel model, StateCache cache, Purpose purpose, PassCapacity capacity) {
        this.capacity = capacity;
        this.lowest = model.adapter.lowest();
        this.scratch = new Scratch(model, capacity);
        this.embeddings = new Embeddings(model, scratch);
        this.frozenLayers =
                lowest == 0 ? Optional.empty() : Optional.of(new FrozenLayers(model, cache, capacity.longest()));
        int hidden = model.config.hidden();
        int last = model.config.layers() - 1;
        boolean trains = purpose == Purpose.TRAINING;
        long states = (long) capacity.tokens() * hidden;
        for (int layer = lowest; layer <= last; layer++) {
            int number = layer - lowest;
            if (trains || number == 0) {
                buffers.add(new LayerBuffers());
            }
            inputs.add(trains || number < 2 ? NativeFloats.allocate(states) : inputs.get(number % 2));
            if (layer < last) {
                attentions.add(new Attention(model, layer, scratch, lastBuffers(), capacity));
                outputs.add(new OutputBlock(model, layer, scratch, lastBuffers(), TokenRows.TOKENS, capacity));
            }
        }
        this.lastAttention = new FirstTokenAttention(model, last, scratch, lastBuffers(), capacity);
        this.lastOutput = new OutputBlock(model, last, scratch, lastBuffers(), TokenRows.FIRST_TOKENS, capacity);
        this.context = NativeFloats.allocate(states);
        this.inputGradient = NativeFloats.allocate(trains ? states : 0);
        this.features = NativeFloats.allocate((long) capacity.examples() * hidden);
        this.gradient = NativeFloats.allocate(trains ? model.headPosition : 0);
    }

    private LayerBuffers lastBuffers() {
        return buffers.get(buffers.size() - 1);
    }

    /** The first tokens' last states, examples × hidden. They stay until the next forward. */
    NativeFloats forward(Slice examples) {
        PackedExamples packed = examples.packed();
        if (!capacity.holds(PassCapacity.of(packed))) {
            throw new IllegalStateException(PassCapacity.of(packed) + " does not fit into " + capacity);
        }
        slice = examples;
        frozenLayers.ifPresentOrElse(
                layers -> layers.forward(packed, inputs.get(0)), () -> embeddings.forward(packed, inputs.get(0)));
        for (int i = 0; i < attentions.size(); i++) {
            attentions.get(i).forward(slice, inputs.get(i), context);
            outputs.get(i).forward(slice, context, inputs.get(i), inputs.get(i + 1));
        }
        lastAttention.forward(slice, inputs.get(inputs.size() - 1), context);
        lastOutput.forward(slice, context, lastAttention.inputs(), features);
        return features;
    }

    /**
     * @param featureGradient gradient of the last forward's result; overwritten
     * @return the gradients of all adapters, at their positions; they stay until the next backward
     */
    NativeFloats backward(NativeFloats featureGradient) {
        // nobody writes those of frozen parameters
        gradient.clear();
        lastOutput.backward(slice, featureGradient, context, gradient);
        lastAttention.backward(slice, context, featureGradient, inputGradient, gradient);
        for (int i = attentions.size() - 1; i >= 0; i--) {
            outputs.get(i).backward(slice, inputGradient, context, gradient);
            attentions.get(i).backward(slice, context, inputGradient, gradient);
        }
        return gradient;
    }

    @Override
    public void close() {
        scratch.close();
        frozenLayers.ifPresent(FrozenLayers::close);
        buffers.forEach(LayerBuffers::close);
        inputs.forEach(NativeFloats::close);
        context.close();
        inputGradient.close();
        features.close();
        gradient.close();
    }
}
