package io.rondo.page.work;

import io.rondo.page.log.FollowedLog;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Locale;
import java.util.Optional;

/** Measures the updates of single rounds when someone asks, one round at a time. */
public final class Measurements implements AutoCloseable {
    private final Desk<Asked, Measured> desk = new Desk<>("page measure", Measurements::measure);

    private record Asked(FollowedLog log, int round) {}

    /**
     * How far a measurement is, or what it found.
     *
     * @param state {@code waiting}, {@code running}, {@code done} or {@code failed}
     */
    public record Measurement(String state, Measured measured, String code, String message, String next) {}

    /** What is known of a round; measuring it begins with the first call. Empty if too many wait already. */
    public Optional<Measurement> of(FollowedLog log, int round) {
        Asked asked = new Asked(log, round);
        return desk.of(asked).or(() -> desk.ask(asked)).map(Measurements::view);
    }

    /** What was measured of a round already. */
    public Optional<Measured> known(FollowedLog log, int round) {
        return desk.of(new Asked(log, round)).flatMap(Desk.Task::result);
    }

    private static Measurement view(Desk.Task<Measured> task) {
        Optional<RondoException> failure = task.failure();
        boolean hasFailed = task.state() == Desk.State.FAILED;
        return new Measurement(
                task.state().name().toLowerCase(Locale.ROOT),
                task.result().orElse(null),
                failure.map(each -> each.code().id()).orElse(null),
                failure.map(Throwable::getMessage).orElse(hasFailed ? "a fault of this program" : null),
                failure.map(RondoException::nextStep).orElse(hasFailed ? "see the log of this process" : null));
    }

    private static Measured measure(Asked asked) {
        return asked.log()
                .index()
                .span(asked.round())
                .flatMap(span -> asked.log()
                        .index()
                        .job()
                        .map(job -> RoundUpdates.measure(asked.log().log(), job, asked.round(), span)))
                .orElseThrow(() -> new RondoException(
                        ErrorCode.ROUND_NOT_FOUND,
                        "round " + asked.round() + " was never opened",
                        "list the rounds by `rondo rounds`"));
    }

    @Override
    public void close() {
        desk.close();
    }
}
