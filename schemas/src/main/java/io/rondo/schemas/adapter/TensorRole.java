package io.rondo.schemas.adapter;

import java.util.Arrays;
import java.util.Locale;

/** What a trainable tensor is within its adapter. The ids go over the wire. */
public enum TensorRole {
    /** LoRA's down projection, rank × in. */
    LORA_A,
    /** LoRA's up projection, out × rank. */
    LORA_B,
    /** VeRA's scaling of the rank dimension, rank. */
    VERA_LAMBDA_D,
    /** VeRA's scaling of the output dimension, out. */
    VERA_LAMBDA_B,
    /** A weight or bias of the classification head. */
    HEAD;

    private final String id = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The role as in a layout, such as {@code lora-a}. */
    public String id() {
        return id;
    }

    /**
     * The role of an id.
     *
     * @throws IllegalArgumentException when no role has this id
     */
    public static TensorRole of(String id) {
        return Arrays.stream(values())
                .filter(role -> role.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no tensor role is called '" + id + "'"));
    }

    /** Whether the tensor belongs to the down projection, from which all trainers of a job must start equal. */
    public boolean isDownProjection() {
        return this == LORA_A || this == VERA_LAMBDA_D;
    }
}
