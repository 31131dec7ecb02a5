package io.rondo.trainer.nd4j.engine;

/** How much one pass must hold: examples, their tokens together, and the tokens of the longest. */
record Capacity(int examples, int tokens, int longest) {
    static Capacity of(Packed packed) {
        return new Capacity(packed.examples(), packed.tokens(), packed.longest());
    }

    boolean holds(Capacity other) {
        return examples >= other.examples && tokens >= other.tokens && longest >= other.longest;
    }

    /** The least capacity that holds both. */
    Capacity with(Capacity other) {
        return new Capacity(
                Math.max(examples, other.examples), Math.max(tokens, other.tokens), Math.max(longest, other.longest));
    }

    /** Elements of the attention weights of all heads, at most. */
    long attention(int heads) {
        return Math.min((long) tokens * longest, (long) examples * longest * longest) * heads;
    }
}
