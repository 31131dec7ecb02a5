package io.rondo.schemas.serde;

import io.rondo.schemas.adapter.RejectionReason;
import org.apache.avro.specific.SpecificRecord;

/** The result of decoding a record's value. */
public sealed interface Decoded {
    /** The value contains this record of the log. */
    @SuppressWarnings("JavaLangClash") // Readable and Unreadable say what they are; nobody here reads characters
    record Readable(SpecificRecord record) implements Decoded {}

    /**
     * The value cannot be read, and never will be by this version of Rondo.
     *
     * @param reason the stable reason: unreadable, unknown-schema, too-large or unexpected-record
     * @param detail one line for users
     */
    record Unreadable(RejectionReason reason, String detail) implements Decoded {}
}
