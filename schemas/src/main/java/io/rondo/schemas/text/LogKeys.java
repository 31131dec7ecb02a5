package io.rondo.schemas.text;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.MDC;

/**
 * The keys of log lines: {@code job}, {@code round}, {@code trainer} and {@code attempt}, where known. They belong to the
 * logging thread; a new thread inherits them.
 */
public final class LogKeys {
    private static final String JOB = "job";
    private static final String ROUND = "round";
    private static final String TRAINER = "trainer";
    private static final String ATTEMPT = "attempt";
    /** Longer than any valid name; keeps an untrusted name from filling a line. */
    private static final int LONGEST = 64;

    private final Map<String, String> values = new HashMap<>();

    private LogKeys() {}

    public static LogKeys ofJob(String job) {
        return new LogKeys().with(JOB, job);
    }

    /** @param round none if it is negative */
    public static LogKeys ofRound(int round) {
        return new LogKeys().with(ROUND, round < 0 ? "" : Integer.toString(round));
    }

    /** Adds this trainer; none if it is empty. */
    public LogKeys trainer(String trainer) {
        return with(TRAINER, trainer);
    }

    /** Adds this attempt; none if it is empty. */
    public LogKeys attempt(String attempt) {
        return with(ATTEMPT, attempt);
    }

    private LogKeys with(String key, String value) {
        if (!value.isEmpty()) {
            values.put(key, ForeignText.brief(value, LONGEST));
        }
        return this;
    }

    /** Runs work whose log lines have these keys. */
    public void run(Runnable work) {
        Map<String, String> before = new HashMap<>();
        values.forEach((key, value) -> {
            before.put(key, MDC.get(key));
            MDC.put(key, value);
        });
        try {
            work.run();
        } finally {
            before.forEach((key, value) -> {
                if (value == null) {
                    MDC.remove(key);
                } else {
                    MDC.put(key, value);
                }
            });
        }
    }
}
