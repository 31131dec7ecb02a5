package io.rondo.schemas.adapter;

import java.util.Arrays;
import java.util.Locale;

/** Whether the classification head stays at its trainer or is averaged like an adapter's factor. */
public enum HeadPolicy {
    LOCAL,
    SHARED;

    /** The name in job files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException when no policy has this id */
    public static HeadPolicy of(String id) {
        return Arrays.stream(values())
                .filter(policy -> policy.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a head is local or shared, not '" + id + "'"));
    }
}
