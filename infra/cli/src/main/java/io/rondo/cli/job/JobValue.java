package io.rondo.cli.job;

import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.sign.VerifyingKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The unparsed value of one key: the text as written, so that a label {@code no} stays a label. The accessors refuse invalid
 * values, naming the place, the value and what is allowed.
 *
 * @param where the place, such as {@code job.yaml, line 7}
 * @param key the key's id
 * @param items one item, or those of a list
 * @param form whether it was written as one value or as a list
 */
public record JobValue(String where, String key, List<String> items, Form form) {
    /** How a value is written. */
    public enum Form {
        ONE,
        LIST
    }

    private static final int MOST_TRAINERS = 10_000;
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1));
    private static final Duration LONGEST = Duration.ofDays(30);

    public JobValue {
        items = List.copyOf(items);
    }

    /** The same key and place with another value. */
    public JobValue of(String value) {
        return new JobValue(where, key, List.of(value), Form.ONE);
    }

    /** The same key and value at another place. */
    JobValue at(String place) {
        return new JobValue(place, key, items, form);
    }

    public String text() {
        if (form == Form.LIST || items.get(0).isEmpty()) {
            throw bad("one value");
        }
        return items.get(0);
    }

    /** A public key, or an empty text. */
    String publicKeyOrNone() {
        if (form == Form.ONE && items.get(0).isEmpty()) {
            return "";
        }
        return require(
                VerifyingKey.isKey(text()),
                text(),
                "ed25519: and 64 hexadecimal digits, as rondo keys show prints them");
    }

    String jobName() {
        return require(Identifiers.isValid(text()), text(), "1 to 48 characters of a-z, 0-9 and '-'");
    }

    String name(int longest) {
        return require(text().length() <= longest, text(), "at most " + longest + " characters");
    }

    public int integer(int least, int most) {
        String allowed = "a whole number from " + least + " to " + most;
        try {
            int value = Integer.parseInt(text());
            return require(value >= least && value <= most, value, allowed);
        } catch (NumberFormatException e) {
            throw bad(allowed);
        }
    }

    int multiple(int of, int least, int most) {
        int value = integer(least, most);
        return require(value % of == 0, value, "a multiple of " + of + " from " + least + " to " + most);
    }

    int replication() {
        return text().equals("-1") ? -1 : integer(1, 32);
    }

    public long wholeNumber() {
        try {
            return Long.parseLong(text());
        } catch (NumberFormatException e) {
            throw bad("a whole number");
        }
    }

    /** A number above {@code above}, at most {@code most}. */
    public double decimal(double above, double most) {
        String allowed = "a number above " + above + ", at most " + most;
        try {
            double value = Double.parseDouble(text());
            return require(value > above && value <= most, value, allowed);
        } catch (NumberFormatException e) {
            throw bad(allowed);
        }
    }

    /** A number from {@code least} to {@code most}. */
    double decimalFrom(double least, double most) {
        String allowed = "a number from " + least + " to " + most;
        try {
            double value = Double.parseDouble(text());
            return require(value >= least && value <= most, value, allowed);
        } catch (NumberFormatException e) {
            throw bad(allowed);
        }
    }

    /** Different whole numbers, in ascending order; there may be none. */
    List<Integer> integers(int least, int most) {
        String allowed = "a list of different whole numbers from " + least + " to " + most + ", such as [4, 5]";
        try {
            List<Integer> values =
                    items.stream().map(Integer::valueOf).distinct().sorted().toList();
            boolean valid = form == Form.LIST
                    && values.size() == items.size()
                    && values.stream().allMatch(value -> value >= least && value <= most);
            return require(valid, values, allowed);
        } catch (NumberFormatException e) {
            throw bad(allowed);
        }
    }

    Duration duration() {
        String allowed = "a time above 0, at most 30 days, with its unit, such as 500ms, 60s, 5m or 2h";
        return require(!durationUpTo(allowed).isZero(), durationUpTo(allowed), allowed);
    }

    Duration durationOrNone() {
        return durationUpTo("a time of at most 30 days with its unit, such as 0s, 500ms or 60s");
    }

    private Duration durationUpTo(String allowed) {
        Matcher matcher = DURATION.matcher(text());
        if (!matcher.matches()) {
            throw bad(allowed);
        }
        // Twelve digits of hours overflow neither a long of seconds nor a Duration.
        Duration value = UNITS.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1)));
        return require(value.compareTo(LONGEST) <= 0, value, allowed);
    }

    /** A duration in file syntax, in the largest unit without a remainder. */
    static String duration(long millis) {
        for (String unit : List.of("h", "m", "s")) {
            long size = UNITS.get(unit).toMillis();
            // 60s reads better than 1m, and 90m better than 5400s.
            if (millis % size == 0 && (millis / size > 1 || unit.equals("s"))) {
                return millis / size + unit;
            }
        }
        return millis + "ms";
    }

    /** The text, if the parser of its later reader accepts it. */
    String parsed(Consumer<String> parser, String allowed) {
        try {
            parser.accept(text());
            return text();
        } catch (IllegalArgumentException e) {
            throw bad(allowed);
        }
    }

    /** Ids of trainers; there may be none. */
    List<String> trainers() {
        boolean valid = form == Form.LIST
                && items.size() <= MOST_TRAINERS
                && items.stream().allMatch(item -> Identifiers.isValid(item) && !item.equals(Identifiers.SUBMITTER))
                && new HashSet<>(items).size() == items.size();
        return require(
                valid,
                items,
                "a list of different ids of trainers, such as [site-a, site-b], of 1 to 48 of a-z, 0-9 and '-'");
    }

    /** Different names, or so many numbers from 0. */
    List<String> namesOrCount(int least, int most) {
        if (form == Form.LIST) {
            return names(least, most);
        }
        return IntStream.range(0, integer(least, most))
                .mapToObj(Integer::toString)
                .toList();
    }

    public List<String> names(int least, int most) {
        String allowed = "a list of " + least + " to " + most + " different names, such as [a, b]";
        boolean valid = form == Form.LIST
                && items.size() >= least
                && items.size() <= most
                && items.stream().noneMatch(item -> item.isBlank() || item.length() > 200)
                && new HashSet<>(items).size() == items.size();
        return require(valid, items, allowed);
    }

    String oneOf(String... allowed) {
        return require(Arrays.asList(allowed).contains(text()), text(), "one of " + String.join(", ", allowed));
    }

    public <E> E oneOf(E[] allowed, Function<E, String> id) {
        return Arrays.stream(allowed)
                .filter(value -> id.apply(value).equals(text()))
                .findFirst()
                .orElseThrow(() -> bad("one of " + ids(allowed, id)));
    }

    <E> String ids(E[] values, Function<E, String> id) {
        return Arrays.stream(values).map(id).collect(Collectors.joining(", "));
    }

    /** The refusal of this value. */
    public RondoException bad(String allowed) {
        return new RondoException(
                ErrorCode.BAD_JOB_FILE, where + ": " + key + " is " + shown(), key + " takes " + allowed);
    }

    private <T> T require(boolean valid, T value, String allowed) {
        if (!valid) {
            throw bad(allowed);
        }
        return value;
    }

    private String shown() {
        return form == Form.LIST ? items.toString() : "'" + items.get(0) + "'";
    }
}
