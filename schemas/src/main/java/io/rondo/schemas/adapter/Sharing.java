package io.rondo.schemas.adapter;

/** What happens to a tensor in a round. */
public enum Sharing {
    /** Trained, uploaded and averaged. */
    SHARED,
    /** Trained, and never leaves its trainer. */
    LOCAL,
    /** Neither trained nor uploaded. */
    FROZEN
}
