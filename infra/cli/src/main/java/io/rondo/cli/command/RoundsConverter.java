package io.rondo.cli.command;

import io.rondo.aggregator.log.RoundRange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Rounds as {@code 1..500}, {@code 1..} or {@code 7}. */
final class RoundsConverter implements ITypeConverter<RoundRange> {
    private static final Pattern ROUNDS = Pattern.compile("(\\d{1,6})(?:(\\.\\.)(\\d{1,6})?)?");

    @Override
    public RoundRange convert(String text) {
        Matcher matcher = ROUNDS.matcher(text);
        if (matcher.matches()) {
            int from = Integer.parseInt(matcher.group(1));
            int open = matcher.group(2) == null ? from : Integer.MAX_VALUE;
            int to = matcher.group(3) == null ? open : Integer.parseInt(matcher.group(3));
            if (from <= to) {
                return new RoundRange(from, to);
            }
        }
        throw new TypeConversionException("'" + text + "' names no rounds; write them as 1..500, 1.. or 7");
    }
}
