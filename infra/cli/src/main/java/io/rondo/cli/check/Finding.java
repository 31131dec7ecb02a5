package io.rondo.cli.check;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Locale;
import java.util.Optional;

/**
 * The result of one check.
 *
 * @param state the result's state
 * @param subject what was checked, such as {@code rights}
 * @param text what was found, with the value
 * @param next the next step; empty if none is needed
 * @param code the code of a failure
 */
public record Finding(State state, String subject, String text, String next, Optional<ErrorCode> code) {
    /** How something is. */
    public enum State {
        OK,
        WARN,
        FAIL
    }

    static Finding ok(String subject, String text) {
        return new Finding(State.OK, subject, text, "", Optional.empty());
    }

    static Finding warn(String subject, String text, String next) {
        return new Finding(State.WARN, subject, text, next, Optional.empty());
    }

    static Finding fail(String subject, RondoException failure) {
        return new Finding(State.FAIL, subject, failure.getMessage(), failure.nextStep(), Optional.of(failure.code()));
    }

    /** One line. */
    public String line() {
        return "%-4s  %-10s  %s%s"
                .formatted(
                        state == State.FAIL ? "FAIL" : state.name().toLowerCase(Locale.ROOT),
                        subject,
                        text,
                        next.isEmpty() ? "" : "; next: " + next);
    }

    /** A finding in a JSON result. Only a failure has a code. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(String state, String subject, String text, String next, String code) {}

    /** The same for programs. */
    public Result json() {
        return new Result(
                state.name().toLowerCase(Locale.ROOT),
                subject,
                text,
                next,
                code.map(ErrorCode::id).orElse(null));
    }
}
