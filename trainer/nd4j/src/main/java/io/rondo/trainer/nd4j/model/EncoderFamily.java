package io.rondo.trainer.nd4j.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Encoders of one layer structure that differ in their positions and their head. */
public enum EncoderFamily {
    BERT,
    ROBERTA;

    /** The {@code model_type} in {@code config.json}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What stands before the encoder's tensors where it is part of a model with a head. */
    public String prefix() {
        return id() + ".";
    }

    static Optional<EncoderFamily> named(String id) {
        return Arrays.stream(values()).filter(family -> family.id().equals(id)).findFirst();
    }

    /** The names, for messages. */
    static String names() {
        return Arrays.stream(values()).map(EncoderFamily::id).collect(Collectors.joining(" or "));
    }
}
