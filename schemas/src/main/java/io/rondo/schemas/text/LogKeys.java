package io.rondo.schemas.text;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.MDC;

/**
 * The keys that log lines have where they are known: {@code job}, {@code round}, {@code trainer} and {@code attempt}.
 * They belong to the thread that logs; a thread that is started has those of its starter.
 */
public final class LogKeys {
    private static final String JOB = "job";
    private static final String ROUND = "round";
    private static final String TRAINER = "trainer";
    private static final String ATTEMPT = "attempt";
    /** Longer than any of ours; what a stranger calls itself does not fill a line. */
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

    /** And of this trainer; of none if it is empty. */
    public LogKeys trainer(String trainer) {
        return with(TRAINER, trainer);
    }

    /** And of this attempt; of none if it is empty. */
    public LogKeys attempt(String attempt) {
        return with(ATTEMPT, attempt);
    }

    private LogKeys with(String key, String value) {
        if (!value.isEmpty()) {
            values.put(key, ForeignText.brief(value, LONGEST));
        }
        return this;
    }

    /** Does work whose log lines have these keys. */
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
