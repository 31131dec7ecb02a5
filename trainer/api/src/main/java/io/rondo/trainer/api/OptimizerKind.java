package io.rondo.trainer.api;

import java.util.Arrays;
import java.util.Locale;

/** The optimizers, as PyTorch defines them. */
public enum OptimizerKind {
    /** Gradient descent without momentum; weight decay is added to the gradient. */
    SGD,
    /** Adam with decoupled weight decay, betas 0.9 and 0.999, epsilon 1e-8. */
    ADAMW;

    /** The name in job files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException when no optimizer has this id */
    public static OptimizerKind of(String id) {
        return Arrays.stream(values())
                .filter(kind -> kind.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no optimizer is called '" + id + "'"));
    }
}
