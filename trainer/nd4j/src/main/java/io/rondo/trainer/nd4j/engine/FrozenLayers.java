package io.rondo.trainer.nd4j.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * The layers below the lowest adapted one, whose states never change. Each example goes through them alone, whether its
 * states are then cached or not: products of other sizes may round differently, and so the cache changes no byte. Used
 * by one thread.
 */
final class FrozenLayers implements AutoCloseable {
    private final int hidden;
    private final StateCache cache;
    private final Scratch scratch;
    private final Embeddings embeddings;
    private final LayerBuffers buffers = new LayerBuffers();
    private final List<Attention> attentions = new ArrayList<>();
    private final List<OutputBlock> outputs = new ArrayList<>();
    private final NativeFloats states;
    private final NativeFloats nextStates;
    private final NativeFloats context;

    /** @param longest tokens of the longest example */
    FrozenLayers(EncoderModel model, StateCache cache, int longest) {
        this.hidden = model.config.hidden();
        this.cache = cache;
        PassCapacity capacity = new PassCapacity(1, longest, longest);
        this.scratch = new Scratch(model, capacity);
        this.embeddings = new Embeddings(model, scratch);
        for (int layer = 0; layer < model.adapter.lowest(); layer++) {
            attentions.add(new Attention(model, layer, scratch, buffers, capacity));
            outputs.add(new OutputBlock(model, layer, scratch, buffers, TokenRows.TOKENS, capacity));
        }
        this.states = NativeFloats.allocate((long) longest * hidden);
        this.nextStates = NativeFloats.allocate((long) longest * hidden);
        this.context = NativeFloats.allocate((long) longest * hidden);
    }

    /** @param out receives the states of all tokens, tokens × hidden */
    void forward(PackedExamples packed, NativeFloats out) {
        for (int i = 0; i < packed.examples(); i++) {
            TokenIds example = packed.example(i);
            int count = packed.length(i) * hidden;
            int start = packed.start(i) * hidden;
            NativeFloats cached = cache.find(example).orElse(null);
            if (cached != null) {
                out.write(start, cached, 0, count);
            } else {
                NativeFloats computed = forward(example);
                cache.offer(example, computed, count);
                out.write(start, computed, 0, count);
            }
        }
    }

    private NativeFloats forward(TokenIds example) {
        Slice slice = Slice.measured(new PackedExamples(List.of(example)));
        NativeFloats in = states;
        NativeFloats out = nextStates;
        embeddings.forward(slice.packed(), in);
        for (int i = 0; i < attentions.size(); i++) {
            attentions.get(i).forward(slice, in, context);
            outputs.get(i).forward(slice, context, in, out);
            NativeFloats last = in;
            in = out;
            out = last;
        }
        return in;
    }

    @Override
    public void close() {
        scratch.close();
        buffers.close();
        states.close();
        nextStates.close();
        context.close();
    }
}
