package io.rondo.cli.output;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The format of log lines. It must be known before the first of them, so before the command line is fully parsed.
 */
public enum LogFormat {
    TEXT,
    /** One JSON object per line; progress messages are among them. */
    JSON;

    public static final String OPTION = "--log-format";
    public static final String VARIABLE = "RONDO_LOG_FORMAT";
    private static final String PROPERTY = "rondo.log.format";

    /**
     * Chooses for this process: by the option, by the system property {@code rondo.log.format}, or by the variable. {@link
     * #of} refuses an unknown name when the command line is parsed.
     *
     * @param variable of the environment, or null
     */
    public static void choose(List<String> arguments, String variable) {
        Optional<String> named = option(arguments)
                .or(() -> Optional.ofNullable(System.getProperty(PROPERTY)))
                .or(() -> Optional.ofNullable(variable));
        System.setProperty(PROPERTY, named.filter(name -> name.equals("json")).orElse("text"));
    }

    private static Optional<String> option(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith(OPTION + '=')) {
                return Optional.of(argument.substring(OPTION.length() + 1));
            }
            if (argument.equals(OPTION) && i + 1 < arguments.size()) {
                return Optional.of(arguments.get(i + 1));
            }
        }
        return Optional.empty();
    }

    /** @throws RondoException with {@code BAD_CONFIG} when there is no such format */
    public static LogFormat of(String name) {
        for (LogFormat format : values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
                return format;
            }
        }
        throw new RondoException(
                ErrorCode.BAD_CONFIG,
                "there is no log format '" + name + "'",
                "set " + OPTION + " or " + VARIABLE + " to text or json");
    }

    static boolean isJson() {
        return "json".equals(System.getProperty(PROPERTY));
    }
}
