package io.rondo.schemas.client;

/** Whether a process may add schemas to the registry. */
public enum SchemaRegistration {
    /** The aggregator and {@code job submit}. */
    REGISTER,
    /** Trainers and whoever only reads: a schema that is not there is a failure. */
    LOOK_UP_ONLY
}
