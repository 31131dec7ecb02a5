package io.rondo.aggregator;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which jobs an aggregator serves: names of jobs and patterns of them, separated by commas, where {@code *} stands for
 * any number of characters and {@code ?} for one, as in {@code team-a-*,pilot}.
 */
public final class JobPattern {
    private static final Pattern PART = Pattern.compile("[a-z0-9*?-]+");

    private final String text;
    private final List<Pattern> parts;

    private JobPattern(String text) {
        this.text = text;
        this.parts = Arrays.stream(text.split(",", -1)).map(JobPattern::part).toList();
    }

    /** @throws RondoException with {@code BAD_ID} when a part could be no job's name */
    public static JobPattern of(String text) {
        return new JobPattern(text);
    }

    private static Pattern part(String part) {
        String bare = part.strip();
        if (!PART.matcher(bare).matches()) {
            throw new RondoException(
                    ErrorCode.BAD_ID,
                    "'" + part + "' is not a pattern of job names",
                    "use a-z, 0-9 and '-', with * for any characters and ? for one, and commas between patterns,"
                            + " as in 'team-a-*,pilot'");
        }
        return Pattern.compile(bare.replace("*", ".*").replace("?", "."));
    }

    /** Whether a job of this name is served. */
    public boolean fits(String job) {
        return parts.stream().anyMatch(part -> part.matcher(job).matches());
    }

    @Override
    public String toString() {
        return text;
    }
}
