package io.rondo.inspect.view;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Numbers as people read them; a dash for what is not known. */
final class NumberText {
    private static final String UNKNOWN = "–";
    private static final int SHOWN_DIGITS = 12;
    private static final int SHOWN_NAME = 20;

    private NumberText() {}

    static String decimals(int decimals, double value) {
        return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    static String decimals(int decimals, OptionalDouble value) {
        return value.isPresent() ? decimals(decimals, value.getAsDouble()) : UNKNOWN;
    }

    static String grouped(OptionalLong value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%,d", value.getAsLong()) : UNKNOWN;
    }

    /** The first digits of a digest. */
    static String brief(String hex) {
        return hex.substring(0, Math.min(SHOWN_DIGITS, hex.length()));
    }

    /** Layer, projection and factor of PEFT's long name. */
    static String tensor(String name) {
        String shortened = name.replaceAll(
                ".*\\.layer\\.(\\d+)\\..*\\.([a-z_]+)\\.(?:lora_|vera_lambda_)([A-Za-z]).*", "$1 $2 $3");
        return shortened.length() <= SHOWN_NAME
                ? shortened
                : "…" + shortened.substring(shortened.length() - SHOWN_NAME + 1);
    }

    /** A number that JSON can hold. */
    static Double boxed(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }

    static Double boxed(OptionalDouble value) {
        return value.isPresent() ? boxed(value.getAsDouble()) : null;
    }

    static Long boxed(OptionalLong value) {
        return value.isPresent() ? (Long) value.getAsLong() : null;
    }
}
