package io.rondo.schemas.client;

/** Whether a process may add schemas to the registry. */
public enum SchemaRegistration {
    /** The aggregator and {@code job submit}. */
    REGISTER,
    /** Trainers and readers: a missing schema is a failure. */
    LOOK_UP_ONLY
}
