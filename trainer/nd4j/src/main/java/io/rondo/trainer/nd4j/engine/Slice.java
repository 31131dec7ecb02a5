package io.rondo.trainer.nd4j.engine;

import java.util.Optional;
import java.util.Set;

/**
 * What one thread takes through the model at once.
 *
 * @param packed the examples
 * @param dropout what the adapters do not see; empty when nothing is trained
 * @param frozen names of the parameters whose gradients nobody asks for
 */
record Slice(PackedExamples packed, Optional<Dropout> dropout, Set<String> frozen) {
    /** Examples that are measured, not trained on. */
    static Slice measured(PackedExamples packed) {
        return new Slice(packed, Optional.empty(), Set.of());
    }
}
