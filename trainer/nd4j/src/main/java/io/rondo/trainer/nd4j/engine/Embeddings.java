package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.kernel.Kernels;

/** The input of the lowest layer: word, position and type vectors, and a norm. Used by one thread. */
final class Embeddings {
    private final EncoderModel model;
    private final Scratch scratch;

    Embeddings(EncoderModel model, Scratch scratch) {
        this.model = model;
        this.scratch = scratch;
    }

    /** @param out receives tokens × hidden */
    void forward(PackedExamples packed, NativeFloats out) {
        int hidden = model.config.hidden();
        float[] state = scratch.row;
        for (int example = 0; example < packed.examples(); example++) {
            TokenIds tokens = packed.example(example);
            int[] positions = tokens.positions(model.config);
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
                        model.config.epsilon());
                out.write((packed.start(example) + i) * hidden, scratch.row3, hidden);
            }
        }
    }
}
