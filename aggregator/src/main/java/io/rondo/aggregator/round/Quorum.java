package io.rondo.aggregator.round;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many updates close a round at its deadline: a count such as {@code 2}, or a share of the cohort such as {@code 67%}. */
record Quorum(int value, Unit unit) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})(%?)");

    enum Unit {
        UPDATES,
        PERCENT
    }

    /** @throws IllegalArgumentException when the text is neither a count from 1 nor a share from 1% to 100% */
    static Quorum parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            int value = Integer.parseInt(matcher.group(1));
            Unit unit = matcher.group(2).isEmpty() ? Unit.UPDATES : Unit.PERCENT;
            if (value >= 1 && (unit == Unit.UPDATES || value <= 100)) {
                return new Quorum(value, unit);
            }
        }
        throw new IllegalArgumentException(
                "quorum: '" + text + "' is neither a count such as 2 nor a share such as 67%");
    }

    /** The number of updates for a cohort: a share is rounded up, and no quorum is larger than the cohort. */
    int of(int cohort) {
        return switch (unit) {
            case UPDATES -> Math.min(value, cohort);
            case PERCENT -> (int) ((long) cohort * value + 99) / 100;
        };
    }
}
