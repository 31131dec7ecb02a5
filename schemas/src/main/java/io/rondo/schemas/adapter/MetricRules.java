package io.rondo.schemas.adapter;

import java.util.regex.Pattern;

/** Rules for the metrics of a manifest or an evaluation: few, with plain names, and finite. */
public final class MetricRules {
    /** Most metrics of one record. */
    public static final int MOST = 64;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./:-]{1,64}");

    private MetricRules() {}

    /** Whether this is a valid metric name, such as {@code test/accuracy}. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** The allowed names, as a regular expression. */
    public static String names() {
        return NAME.pattern();
    }
}
