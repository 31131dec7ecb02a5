package io.rondo.aggregator.round;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A share of a cohort, written {@code 67%} or {@code 0.67}: above 0 and at most 1, in millionths. */
record CohortShare(int millionths) {
    private static final int WHOLE = 1_000_000;
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3})%");
    private static final Pattern DECIMAL = Pattern.compile("([01])\\.([0-9]{1,6})");

    /** Parses a share; empty if the text is none. */
    static Optional<CohortShare> parse(String text) {
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches()) {
            return allowed(Integer.parseInt(percent.group(1)) * (WHOLE / 100));
        }
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            String fraction = (decimal.group(2) + "000000").substring(0, 6);
            return allowed(Integer.parseInt(decimal.group(1)) * WHOLE + Integer.parseInt(fraction));
        }
        return Optional.empty();
    }

    private static Optional<CohortShare> allowed(int millionths) {
        return millionths > 0 && millionths <= WHOLE ? Optional.of(new CohortShare(millionths)) : Optional.empty();
    }

    /** This share of a number of trainers, rounded up. */
    int of(int count) {
        return (int) (((long) count * millionths + WHOLE - 1) / WHOLE);
    }
}
