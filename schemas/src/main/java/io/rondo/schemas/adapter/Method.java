package io.rondo.schemas.adapter;

import java.util.Arrays;
import java.util.Locale;

/** The federated method: which factors of an adapter are shared, kept or frozen. */
public enum Method {
    /** FedSA (arXiv 2410.01463): A is shared, B stays at its trainer. */
    FEDSA,
    /** FedIT, plain federated LoRA: A and B are shared. */
    FEDIT,
    /** FFA-LoRA: B is shared, A stays frozen at its initial value. */
    FFA,
    /** Fed-ALoRA: B is shared, A stays at its trainer. */
    FED_ALORA,
    /** RoLoRA: B is shared in odd rounds and A in even ones; the other factor is frozen meanwhile. */
    ROLORA,
    /** Nothing is shared: each trainer trains alone. */
    LOCAL;

    /** The name in job files, such as {@code fed-alora}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException when no method has this id */
    public static Method of(String id) {
        return Arrays.stream(values())
                .filter(method -> method.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no method is called '" + id + "'"));
    }
}
