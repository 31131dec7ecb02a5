package io.rondo.peft;

/** Where an exported adapter finds its base model. */
public enum BaseCopy {
    /** Where it lies on this machine. */
    IN_PLACE,
    /** In a copy beside the adapter. */
    BESIDE
}
