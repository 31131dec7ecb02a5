package io.rondo.schemas.client;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/** Failures of Kafka clients in the words of users. */
final class Brokers {
    private Brokers() {}

    static RondoException failure(String what, Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = "cannot " + what + ": " + root.getMessage();
        if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
            return new RondoException(
                    ErrorCode.BROKER_REFUSED,
                    message,
                    "check the credentials in --kafka-config and this user's rights",
                    cause);
        }
        if (root instanceof ConfigException
                && !String.valueOf(root.getMessage()).contains("bootstrap")) {
            return new RondoException(ErrorCode.BAD_CONFIG, message, "correct --kafka-config", cause);
        }
        return new RondoException(
                ErrorCode.BROKER_UNREACHABLE, message, "check --bootstrap-servers and that the broker runs", cause);
    }
}
