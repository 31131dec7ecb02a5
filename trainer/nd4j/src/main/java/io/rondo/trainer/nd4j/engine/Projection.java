package io.rondo.trainer.nd4j.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The projections of attention that can carry an adapter, in the order of the layout. */
public enum Projection {
    QUERY(0),
    VALUE(2);

    private final int block;

    Projection(int block) {
        this.block = block;
    }

    /** PEFT's name of the module. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Projection> named(String id) {
        return Arrays.stream(values())
                .filter(projection -> projection.id().equals(id))
                .findFirst();
    }

    /** Its place among query, key and value. */
    int block() {
        return block;
    }
}
