package io.rondo.trainer.nd4j.engine;

/** Which tokens of the examples a matrix has rows for. */
enum TokenRows {
    /** All of them, example by example. */
    TOKENS,
    /** The first of each example, which is all that the head reads. */
    FIRST_TOKENS;

    int count(PackedExamples packed) {
        return this == TOKENS ? packed.tokens() : packed.examples();
    }

    int count(PassCapacity capacity) {
        return this == TOKENS ? capacity.tokens() : capacity.examples();
    }

    /** Rows of one example. */
    int of(PackedExamples packed, int example) {
        return this == TOKENS ? packed.length(example) : 1;
    }
}
