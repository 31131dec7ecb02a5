package io.rondo.schemas.serde;

import io.rondo.schemas.adapter.RejectionReason;
import org.apache.kafka.common.errors.SerializationException;

/** The value itself is faulty. Corresponds to {@link Decoded.Unreadable} for callers of Kafka's deserializer interface. */
final class UnreadableRecordException extends SerializationException {
    private static final long serialVersionUID = 1L;

    private final RejectionReason reason;

    UnreadableRecordException(RejectionReason reason, String detail) {
        this(reason, detail, null);
    }

    UnreadableRecordException(RejectionReason reason, String detail, Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    RejectionReason reason() {
        return reason;
    }
}
