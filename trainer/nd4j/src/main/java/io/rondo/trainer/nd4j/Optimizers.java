package io.rondo.trainer.nd4j;

import io.rondo.trainer.api.OptimizerSettings;
import io.rondo.trainer.nd4j.engine.Optimizer;

/** Fresh optimizers as a job asks for them. */
final class Optimizers {
    private Optimizers() {}

    /** @param size elements of all values that it will step on */
    static Optimizer of(OptimizerSettings settings, int size) {
        return switch (settings.kind()) {
            case SGD -> Optimizer.sgd(settings.weightDecay(), settings.maxGradNorm());
            case ADAMW -> Optimizer.adamW(size, settings.weightDecay(), settings.maxGradNorm());
        };
    }
}
