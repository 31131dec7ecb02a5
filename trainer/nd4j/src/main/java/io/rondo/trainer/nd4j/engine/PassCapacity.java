package io.rondo.trainer.nd4j.engine;

/** How much one pass must hold: examples, their tokens together, and the tokens of the longest. */
record PassCapacity(int examples, int tokens, int longest) {
    static PassCapacity of(PackedExamples packed) {
        return new PassCapacity(packed.examples(), packed.tokens(), packed.longest());
    }

    boolean holds(PassCapacity other) {
        return examples >= other.examples && tokens >= other.tokens && longest >= other.longest;
    }

    /** The least capacity that holds both. */
    PassCapacity with(PassCapacity other) {
        return new PassCapacity(
                Math.max(examples, other.examples), Math.max(tokens, other.tokens), Math.max(longest, other.longest));
    }

    /** Elements of the attention weights of all heads, at most. */
    long attention(int heads) {
        return Math.min((long) tokens * longest, (long) examples * longest * longest) * heads;
    }
}
