package io.rondo.aggregator.round;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A choice of a job file: an enum's constant under the name that files and the log have for it. */
public interface NamedChoice {

    /** The constant's own name. */
    String name();

    /** The name in files and in the log, such as {@code next-round}. */
    default String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException when none of the values has this name */
    static <E extends NamedChoice> E of(String key, E[] values, String id) {
        return Arrays.stream(values)
                .filter(value -> value.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + ": '" + id + "', not one of "
                        + Arrays.stream(values).map(NamedChoice::id).collect(Collectors.joining(", "))));
    }
}
