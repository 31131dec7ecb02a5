package io.rondo.trainer.runtime.upload;

import io.rondo.schemas.client.ClientFailures.Attempt;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;

/** Explains why a broker did not accept a record. */
@FunctionalInterface
public interface SendFailures {
    /** The failure to write to a topic. */
    RondoException of(String topic, Throwable cause);

    /** Failures that name the permission, the topic and the user of a connection. */
    static SendFailures of(LogConnection connection) {
        return (topic, cause) -> connection.failures().of(Attempt.write(topic), cause);
    }

    /** Failures without knowledge of the connection. */
    static SendFailures plain() {
        return (topic, cause) -> new RondoException(
                ErrorCode.BROKER_REFUSED,
                "the broker refused a record for topic " + topic + ": " + cause.getMessage(),
                "check this user's rights, and that topic and broker allow records of this size",
                cause);
    }
}
