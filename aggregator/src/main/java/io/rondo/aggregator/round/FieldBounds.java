package io.rondo.aggregator.round;

import static io.rondo.schemas.adapter.RejectionReason.BAD_FIELD;
import static io.rondo.schemas.adapter.RejectionReason.BAD_METRICS;

import io.rondo.log.Signature;
import io.rondo.schemas.adapter.MetricRules;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.text.ForeignText;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Bounds of the fields that trainers fill. Accepted values are copied into decisions, each of which must fit into one
 * record, and are displayed to users.
 */
final class FieldBounds {
    /** Example counts are summed as weights; beyond this limit a float64 sum could round. */
    static final long MAX_EXAMPLES = 1L << 40;

    private static final int MAX_TEXT = 200;
    private static final int MAX_SHOWN = 80;
    private static final int MAX_KEY_ID = 64;
    private static final int MAX_SIGNATURE = 128;

    private FieldBounds() {}

    /** Metrics are few, have plain names, and are numbers. */
    static Optional<Refusal> metrics(Map<String, Double> metrics) {
        if (metrics.size() > MetricRules.MOST) {
            return refuse(BAD_METRICS, metrics.size() + " metrics, allowed are " + MetricRules.MOST);
        }
        // in name order, so that the answer is deterministic
        for (Map.Entry<String, Double> metric : new TreeMap<>(metrics).entrySet()) {
            String name = metric.getKey();
            if (!MetricRules.isName(name)) {
                return refuse(BAD_METRICS, "a metric named '" + shown(name) + "', allowed is " + MetricRules.names());
            }
            if (!Double.isFinite(metric.getValue())) {
                return refuse(
                        BAD_METRICS, "metric " + name + " is " + metric.getValue() + ", which is no finite number");
            }
        }
        return Optional.empty();
    }

    /** Free text for users. */
    static Optional<Refusal> text(String field, String value) {
        return value.length() <= MAX_TEXT
                ? Optional.empty()
                : refuse(
                        BAD_FIELD,
                        field + " has " + value.length() + " characters, allowed are " + MAX_TEXT + ": "
                                + shown(value));
    }

    static Optional<Refusal> number(String field, long value, long least, long most) {
        return value >= least && value <= most
                ? Optional.empty()
                : refuse(BAD_FIELD, field + " is " + value + ", allowed are " + least + " to " + most);
    }

    /** Checks the size only, not whether the signature is valid. */
    static Optional<Refusal> signature(Signature signature) {
        boolean fits = signature == null
                || (signature.getAlgorithm().length() <= MAX_KEY_ID
                        && signature.getKeyId().length() <= MAX_KEY_ID
                        && signature.getValue().remaining() <= MAX_SIGNATURE
                        && signature.getReceipt() == null);
        return fits
                ? Optional.empty()
                : refuse(
                        BAD_FIELD,
                        "signature has more than " + MAX_KEY_ID
                                + " characters in its algorithm or key id, or more than " + MAX_SIGNATURE
                                + " bytes, or a receipt");
    }

    private static String shown(String text) {
        return ForeignText.brief(text, MAX_SHOWN);
    }

    private static Optional<Refusal> refuse(RejectionReason reason, String detail) {
        return Optional.of(new Refusal(reason, detail));
    }
}
