package io.rondo.schemas.error;

import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A failure that a user can understand and act on. Broken invariants of the program itself are not of this type: they
 * throw {@link IllegalStateException} and stop.
 */
public final class RondoException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String nextStep;

    /**
     * @param code the stable code
     * @param message what was wrong, with the value
     * @param nextStep what the user can do about it
     */
    public RondoException(ErrorCode code, String message, String nextStep) {
        this(code, message, nextStep, null);
    }

    public RondoException(ErrorCode code, String message, String nextStep, Throwable cause) {
        super(Objects.requireNonNull(message), cause);
        this.code = Objects.requireNonNull(code);
        this.nextStep = Objects.requireNonNull(nextStep);
    }

    public ErrorCode code() {
        return code;
    }

    public String nextStep() {
        return nextStep;
    }

    /** The three lines that a command line shows. */
    public String explanation() {
        return "error[%s]: %s%n  next: %s%n  more: %s".formatted(code.id(), getMessage(), nextStep, more());
    }

    /** The same as {@code --json} shows it: code, message, next and more. */
    public SortedMap<String, String> json() {
        return new TreeMap<>(Map.of("code", code.id(), "message", getMessage(), "next", nextStep, "more", more()));
    }

    private String more() {
        return "docs/errors.md#" + code.id();
    }
}
