package io.rondo.page.http;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** Who has logged in, and how often someone tried in vain. In memory: a restart asks again. Safe for any thread. */
final class Sessions {
    static final Duration LENGTH = Duration.ofHours(12);
    private static final int MOST = 200;
    private static final int MOST_FAILURES = 10;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Instant> ends = new HashMap<>();
    private Instant window = Instant.EPOCH;
    private int failures;

    Sessions(Clock clock) {
        this.clock = clock;
    }

    /** Opens one and returns its secret name. The one that ends first makes room, where there are too many. */
    synchronized String open() {
        ends.values().removeIf(end -> end.isBefore(clock.instant()));
        if (ends.size() >= MOST) {
            ends.entrySet().stream()
                    .min(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .ifPresent(ends::remove);
        }
        byte[] name = new byte[32];
        random.nextBytes(name);
        String session = HexFormat.of().formatHex(name);
        ends.put(session, clock.instant().plus(LENGTH));
        return session;
    }

    synchronized boolean isOpen(String session) {
        Instant end = ends.get(session);
        return end != null && end.isAfter(clock.instant());
    }

    synchronized void close(String session) {
        ends.remove(session);
    }

    /** Whether a password may be tried now: only so many are wrong in a minute, whoever tries. */
    synchronized boolean mayTry() {
        if (Duration.between(window, clock.instant()).compareTo(WINDOW) > 0) {
            window = clock.instant();
            failures = 0;
        }
        return failures < MOST_FAILURES;
    }

    synchronized void failed() {
        failures++;
    }
}
