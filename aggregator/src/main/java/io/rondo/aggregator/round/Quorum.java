package io.rondo.aggregator.round;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How many updates close a round at its deadline: a count such as {@code 2}, or a share of the cohort such as {@code 67%} or
 * {@code 0.67}.
 */
public final class Quorum {
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,6}");

    private final int count;
    private final Optional<CohortShare> share;

    private Quorum(int count, Optional<CohortShare> share) {
        this.count = count;
        this.share = share;
    }

    /** @throws IllegalArgumentException when the text is neither a count from 1 nor a share above 0 */
    public static Quorum parse(String text) {
        Optional<CohortShare> share = CohortShare.parse(text);
        int count = share.isEmpty() && COUNT.matcher(text).matches() ? Integer.parseInt(text) : 0;
        if (share.isEmpty() && count == 0) {
            throw new IllegalArgumentException(
                    "quorum: '" + text + "' is neither a count such as 2 nor a share such as 67% or 0.67");
        }
        return new Quorum(count, share);
    }

    /** The number of updates for a cohort: a share is rounded up, and no quorum is larger than the cohort. */
    public int of(int cohort) {
        return share.map(part -> part.of(cohort)).orElse(Math.min(count, cohort));
    }
}
