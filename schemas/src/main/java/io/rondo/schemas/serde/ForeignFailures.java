package io.rondo.schemas.serde;

import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.EOFException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Classifies the exceptions of foreign serializers. Confluent's wrap an answer of the registry in an exception whose text
 * ends with "error code: 40403", and a registry that does not answer in a plain {@link IOException}.
 */
final class ForeignFailures {
    private static final Pattern ERROR_CODE = Pattern.compile("error code: (\\d+)");

    private ForeignFailures() {}

    /** The failure of writing. */
    static RondoException whileWriting(String topic, RuntimeException failure) {
        int code = registryCode(failure);
        if (isDenial(code)) {
            return new RondoException(
                    ErrorCode.SCHEMA_UNKNOWN,
                    "the registry does not know the schema of a record for " + topic + ": " + rootMessage(failure),
                    "start the aggregator or `rondo job submit` of this version once: they register schemas",
                    failure);
        }
        return registryFailure(code, failure);
    }

    /** Returns faulty bytes as a value; throws if the registry failed. */
    static Decoded whileReading(RuntimeException failure) {
        int code = registryCode(failure);
        if (isDenial(code)) {
            return new Decoded.Unreadable(RejectionReason.UNKNOWN_SCHEMA, rootMessage(failure));
        }
        if (code > 0 || isNetwork(failure)) {
            throw registryFailure(code, failure);
        }
        return new Decoded.Unreadable(RejectionReason.UNREADABLE, rootMessage(failure));
    }

    private static RondoException registryFailure(int code, RuntimeException failure) {
        boolean unreachable = code == 0 ? isNetwork(failure) : code / 100 == 500 || code / 100 == 5;
        return unreachable
                ? new RondoException(
                        ErrorCode.REGISTRY_UNREACHABLE,
                        "the schema registry does not answer: " + rootMessage(failure),
                        "check --schema-registry and that the registry runs",
                        failure)
                : new RondoException(
                        ErrorCode.REGISTRY_REFUSED,
                        "the record cannot be written: " + rootMessage(failure),
                        "check the registry's credentials and the serializer's settings",
                        failure);
    }

    private static boolean isDenial(int code) {
        return code / 100 == 404 || code == 404;
    }

    private static int registryCode(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Matcher matcher = ERROR_CODE.matcher(String.valueOf(cause.getMessage()));
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        return 0;
    }

    /** The end of the bytes is an IOException too, but not a network failure. */
    private static boolean isNetwork(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException && !(cause instanceof EOFException)) {
                return true;
            }
        }
        return false;
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
