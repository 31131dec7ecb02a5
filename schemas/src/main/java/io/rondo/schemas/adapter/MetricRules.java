package io.rondo.schemas.adapter;

import java.util.regex.Pattern;

/** What the metrics of a manifest or an evaluation may be: few, with plain names, and finite. */
public final class MetricRules {
    /** Most metrics of one record. */
    public static final int MOST = 64;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./:-]{1,64}");

    private MetricRules() {}

    /** Whether a metric may be called so, such as {@code test/accuracy}. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Which names are allowed, as a regular expression. */
    public static String names() {
        return NAME.pattern();
    }
}
