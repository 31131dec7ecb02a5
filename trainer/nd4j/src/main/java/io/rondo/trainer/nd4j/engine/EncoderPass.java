package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.kernel.Kernels;
import io.rondo.trainer.nd4j.model.BertConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Forward and backward of some examples on one thread: embeddings, all layers, and the first token's last state of each
 * example. All buffers are allocated once, for a capacity.
 */
final class EncoderPass implements AutoCloseable {
    private final EncoderModel model;
    private final BertConfig config;
    private final Capacity capacity;
    private final Scratch scratch;
    /** The input of each layer, tokens × hidden. */
    private final NativeFloats[] inputs;

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
    private Packed packed;

    EncoderPass(EncoderModel model, Capacity capacity) {
        this.model = model;
        this.config = model.config;
        this.capacity = capacity;
        this.scratch = new Scratch(config, model.adapter, capacity);
        int last = config.layers() - 1;
        long states = (long) capacity.tokens() * config.hidden();
        this.inputs = new NativeFloats[config.layers()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = NativeFloats.allocate(states);
        }
        for (int i = 0; i < last; i++) {
            attentions.add(new Attention(model, i, scratch, capacity));
            outputs.add(new OutputBlock(config, model.layers[i], scratch, capacity.tokens()));
        }
        this.lastAttention = new FirstTokenAttention(model, last, scratch, capacity);
        this.lastOutput = new OutputBlock(config, model.layers[last], scratch, capacity.examples());
        this.context = NativeFloats.allocate(states);
        this.inputGradient = NativeFloats.allocate(states);
        this.features = NativeFloats.allocate((long) capacity.examples() * config.hidden());
        this.gradient = NativeFloats.allocate(model.positions.head());
    }

    /** The first tokens' last states, examples × hidden. They stay until the next forward. */
    NativeFloats forward(Packed examples) {
        if (!capacity.holds(Capacity.of(examples))) {
            throw new IllegalStateException(Capacity.of(examples) + " does not fit into " + capacity);
        }
        packed = examples;
        embed();
        for (int i = 0; i < attentions.size(); i++) {
            attentions.get(i).forward(packed, inputs[i], context);
            outputs.get(i).forward(packed.tokens(), context, inputs[i], inputs[i + 1]);
        }
        lastAttention.forward(packed, inputs[inputs.length - 1], context);
        lastOutput.forward(packed.examples(), context, lastAttention.inputs(), features);
        return features;
    }

    private void embed() {
        int hidden = config.hidden();
        float[] state = scratch.row;
        for (int example = 0; example < packed.examples(); example++) {
            TokenIds tokens = packed.example(example);
            int[] positions = tokens.positions(config);
            for (int i = 0; i < tokens.length(); i++) {
                model.words.get(tokens.id(i) * hidden, state, 0, hidden);
                int position = positions[i] * hidden;
                int type = tokens.type(i) * hidden;
                for (int k = 0; k < hidden; k++) {
                    state[k] += model.positionVectors[position + k] + model.typeVectors[type + k];
                }
                Kernels.layerNorm(
                        state,
                        model.embeddingNormWeight,
                        model.embeddingNormBias,
                        scratch.row2,
                        scratch.row3,
                        hidden,
                        config.epsilon());
                inputs[0].write((packed.start(example) + i) * hidden, scratch.row3, hidden);
            }
        }
    }

    /**
     * @param featureGradient gradient of the last forward's result; overwritten
     * @return the gradients of all adapters, at their {@link AdapterPositions}; they stay until the next backward
     */
    NativeFloats backward(NativeFloats featureGradient) {
        lastOutput.backward(packed.examples(), featureGradient, context);
        lastAttention.backward(packed, inputs[inputs.length - 1], context, featureGradient, inputGradient, gradient);
        for (int i = attentions.size() - 1; i >= 0; i--) {
            outputs.get(i).backward(packed.tokens(), inputGradient, context);
            attentions.get(i).backward(packed, inputs[i], context, inputGradient, gradient);
        }
        return gradient;
    }

    @Override
    public void close() {
        scratch.close();
        for (NativeFloats input : inputs) {
            input.close();
        }
        attentions.forEach(Attention::close);
        outputs.forEach(OutputBlock::close);
        lastAttention.close();
        lastOutput.close();
        context.close();
        inputGradient.close();
        features.close();
        gradient.close();
    }
}
