package io.rondo.aggregator.archive;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a job keeps the updates of its rounds in its cluster: {@code forever}, a number such as {@code 500 rounds}, or an
 * age such as {@code 30d} or {@code 12h}. Older rounds are due for archiving; this setting alone deletes nothing.
 */
public final class Retention {
    /** A late trainer still writes to the previous round, and its update may count in the open one. */
    static final int LEAST = 2;

    private static final String FOREVER = "forever";
    private static final Pattern ROUNDS = Pattern.compile("(\\d{1,6}) rounds");
    private static final Pattern AGE = Pattern.compile("(\\d{1,5})([dh])");

    private final int rounds;
    private final Duration age;

    private Retention(int rounds, Duration age) {
        this.rounds = rounds;
        this.age = age;
    }

    /**
     * A published round.
     *
     * @param decidedAt when its publication was decided, milliseconds since 1970
     */
    record Published(int round, long decidedAt) {}

    /** @throws IllegalArgumentException when the text is not a retention */
    public static Retention parse(String text) {
        if (text.equals(FOREVER)) {
            return new Retention(Integer.MAX_VALUE, Duration.ZERO);
        }
        Matcher rounds = ROUNDS.matcher(text);
        if (rounds.matches() && Integer.parseInt(rounds.group(1)) >= LEAST) {
            return new Retention(Integer.parseInt(rounds.group(1)), Duration.ZERO);
        }
        Matcher age = AGE.matcher(text);
        if (age.matches() && Integer.parseInt(age.group(1)) > 0) {
            int count = Integer.parseInt(age.group(1));
            return new Retention(LEAST, age.group(2).equals("d") ? Duration.ofDays(count) : Duration.ofHours(count));
        }
        throw new IllegalArgumentException("no retention: " + text);
    }

    /** Whether nothing is ever due. */
    public boolean isForever() {
        return rounds == Integer.MAX_VALUE;
    }

    /**
     * The last round that is due.
     *
     * @param published all published rounds, in their order
     * @param now milliseconds since 1970
     */
    OptionalInt lastDue(List<Published> published, long now) {
        return published.stream()
                .limit(Math.max(0, published.size() - rounds))
                .filter(round -> round.decidedAt() <= now - age.toMillis())
                .mapToInt(Published::round)
                .max();
    }
}
