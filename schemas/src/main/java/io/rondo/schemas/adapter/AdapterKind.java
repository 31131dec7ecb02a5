package io.rondo.schemas.adapter;

import java.util.Arrays;
import java.util.Locale;

/** The adapter variant. */
public enum AdapterKind {
    /** ΔW = alpha/rank · B·A. */
    LORA,
    /** ΔW = alpha/√rank · B·A. */
    RSLORA,
    /** ΔW = diag(λ_b)·B·diag(λ_d)·A with frozen random A and B. */
    VERA;

    /** The name in job files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException when no variant has this id */
    public static AdapterKind of(String id) {
        return Arrays.stream(values())
                .filter(kind -> kind.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no adapter is called '" + id + "'"));
    }

    /** The factor before the product of the factors. */
    public double scaling(double alpha, int rank) {
        return switch (this) {
            case LORA -> alpha / rank;
            case RSLORA -> alpha / Math.sqrt(rank);
            case VERA -> 1;
        };
    }
}
