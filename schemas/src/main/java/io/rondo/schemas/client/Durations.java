package io.rondo.schemas.client;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Timeouts that Kafka accepts individually but refuses in combination. Defaults are adapted; an operator's values are not. */
final class Durations {
    private static final long DEFAULT_LINGER_MS = 5;
    private static final long DEFAULT_REQUEST_MS = 30_000;
    private static final int MOST_IN_FLIGHT = 5;

    private static final String DELIVERY = "delivery.timeout.ms";
    private static final String REQUEST = "request.timeout.ms";
    private static final String LINGER = "linger.ms";
    private static final String CALL = "default.api.timeout.ms";

    private Durations() {}

    static void check(Map<String, String> config) {
        retries(config);
        inFlight(config);
        delivery(config);
        call(config);
    }

    private static void retries(Map<String, String> config) {
        key(config, "retries").ifPresent(key -> {
            if (number(config, key).orElse(1) == 0) {
                throw ClientProperties.bad(
                        key,
                        config.get(key),
                        "an idempotent producer tries again",
                        "remove the line; delivery.timeout.ms bounds how long it tries");
            }
        });
    }

    private static void inFlight(Map<String, String> config) {
        key(config, "max.in.flight.requests.per.connection").ifPresent(key -> {
            if (number(config, key).orElse(1) > MOST_IN_FLIGHT) {
                throw ClientProperties.bad(
                        key,
                        config.get(key),
                        "an idempotent producer may have " + MOST_IN_FLIGHT + " requests on their way",
                        "set it to 1 to " + MOST_IN_FLIGHT + ", or remove the line");
            }
        });
    }

    private static void delivery(Map<String, String> config) {
        key(config, DELIVERY).ifPresent(key -> {
            long linger = value(config, LINGER, DEFAULT_LINGER_MS);
            long request = value(config, REQUEST, DEFAULT_REQUEST_MS);
            OptionalLong delivery = number(config, key);
            if (delivery.isPresent() && delivery.getAsLong() < linger + request) {
                throw ClientProperties.bad(
                        key,
                        config.get(key),
                        "it is less than " + LINGER + '=' + linger + " and " + REQUEST + '=' + request + " together",
                        "set " + DELIVERY + " to at least " + (linger + request) + ", or " + REQUEST + " lower");
            }
        });
    }

    private static void call(Map<String, String> config) {
        key(config, CALL).ifPresent(key -> {
            long request = value(config, REQUEST, 0);
            OptionalLong call = number(config, key);
            if (call.isPresent() && call.getAsLong() < request) {
                throw ClientProperties.bad(
                        key,
                        config.get(key),
                        "it is less than " + REQUEST + '=' + request,
                        "set " + CALL + " to at least " + request + ", or " + REQUEST + " lower");
            }
        });
    }

    /** The name of a property in the file: with the producer's prefix, or for all clients. */
    private static Optional<String> key(Map<String, String> config, String bare) {
        String own = "producer." + bare;
        return config.containsKey(own) ? Optional.of(own) : Optional.of(bare).filter(config::containsKey);
    }

    private static long value(Map<String, String> config, String bare, long otherwise) {
        return key(config, bare)
                .map(key -> number(config, key).orElse(otherwise))
                .orElse(otherwise);
    }

    private static OptionalLong number(Map<String, String> config, String key) {
        try {
            return OptionalLong.of(Long.parseLong(config.get(key).strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
