package io.rondo.trainer.nd4j.bench;

import io.rondo.trainer.nd4j.model.BertConfig;

/**
 * Floating point operations of the matrix products in an ordinary step: every layer in full, forward and backward, without
 * gradients of frozen weights. What an engine leaves out counts for it.
 */
final class StepOperations {
    private StepOperations() {}

    /**
     * @param examples in the batch
     * @param length tokens of each
     * @param rank of the adapters
     * @param adapters in a layer
     */
    static double of(BertConfig config, int examples, int length, int rank, int adapters) {
        double tokens = (double) examples * length;
        double hidden = config.hidden();
        // query, key, value and attention's output, and the two of the feed-forward; again for the inputs' gradients
        double linear = 2 * 2 * tokens * hidden * (4 * hidden + 2 * config.intermediate());
        // scores and context; backward has two products for each
        double attention = 3 * 2 * 2 * tokens * length * hidden;
        // A·x and B·(A·x); backward their inputs' gradients and their own
        double adapter = 3 * 2 * 2 * tokens * hidden * rank;
        return config.layers() * (linear + attention + adapters * adapter);
    }
}
