package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.EncoderFamily;
import java.util.Arrays;
import java.util.stream.IntStream;

/** One example as the encoder takes it: at least one token, each with its id and its type (0, or 1 in a second sentence). */
public final class TokenIds {
    private final int[] ids;
    private final int[] types;

    /** @throws IllegalArgumentException when there is no token, or not one type a token */
    public TokenIds(int[] ids, int[] types) {
        if (ids.length == 0 || ids.length != types.length) {
            throw new IllegalArgumentException(ids.length + " tokens with " + types.length + " types");
        }
        this.ids = ids.clone();
        this.types = types.clone();
    }

    public int length() {
        return ids.length;
    }

    public int[] ids() {
        return ids.clone();
    }

    public int[] types() {
        return types.clone();
    }

    int id(int position) {
        return ids[position];
    }

    int type(int position) {
        return types[position];
    }

    /**
     * The rows of the position embeddings. BERT counts from 0; RoBERTa from the one after its padding token's id, and
     * gives that id itself to padding tokens, which a text may spell.
     */
    int[] positions(BertConfig config) {
        if (config.family() == EncoderFamily.BERT) {
            return IntStream.range(0, ids.length).toArray();
        }
        int[] positions = new int[ids.length];
        int last = config.padding();
        for (int i = 0; i < ids.length; i++) {
            positions[i] = ids[i] == config.padding() ? config.padding() : ++last;
        }
        return positions;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenIds that && Arrays.equals(ids, that.ids) && Arrays.equals(types, that.types);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }
}
