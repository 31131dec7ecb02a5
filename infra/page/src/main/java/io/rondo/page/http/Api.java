package io.rondo.page.http;

import io.rondo.page.index.JobIndex;
import io.rondo.page.index.Measure;
import io.rondo.page.index.Views;
import io.rondo.page.log.FollowedLog;
import io.rondo.page.log.FollowedLogs;
import io.rondo.page.log.PageLogs;
import io.rondo.page.work.Measurements;
import io.rondo.page.work.Verifications;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Answers questions about logs. Every answer is bounded, however long the log is. Safe for any thread. */
final class Api implements AutoCloseable {
    private static final int MOST_ROWS = 200;
    private static final int MOST_SQUARE = 64;
    private static final int MOST_BARS = 200;
    private static final int LAST_ROUND = 999_999;
    private static final int MOST_SAMPLED = 200;
    /** Questions that read the log at a time; each has a client of its own. */
    private static final int READERS = 2;

    private final PageLogs logs;
    private final FollowedLogs followed;
    private final String version;
    private final Verifications verifications = new Verifications();
    private final Measurements measurements = new Measurements();
    private final Semaphore readers = new Semaphore(READERS);

    /** The logs that there are, and where they are. */
    record Listing(String place, String version, boolean login, List<PageLogs.Entry> logs) {}

    /** A log that is being read for the first time, or cannot be read now. */
    record Trouble(String code, String message, String next) {}

    /** A log at a glance, with what prevents it of reading it. */
    record Glance(Views.Overview overview, Trouble trouble) {}

    Api(PageLogs logs, FollowedLogs followed, String version) {
        this.logs = logs;
        this.followed = followed;
        this.version = version;
    }

    /** The log of the key in a path, such as that of {@code api/logs/demo/events}. */
    Optional<FollowedLog> log(List<String> path) {
        return followed.of(path.get(2));
    }

    Reply listing(boolean asksForLogin) {
        return Reply.json(new Listing(logs.place(), version, asksForLogin, logs.list()));
    }

    /** @param path {@code api/logs/KEY…} */
    Reply answer(Request request, List<String> path) {
        Optional<FollowedLog> log = log(path);
        if (log.isEmpty()) {
            return Reply.notFound("there is no such log");
        }
        List<String> rest = path.subList(3, path.size());
        return rest.size() >= 2 && rest.get(0).equals("rounds")
                ? ofRound(request, log.get(), Request.integer(rest.get(1)), rest.subList(2, rest.size()))
                : ofJob(request, log.get(), String.join("/", rest));
    }

    private Reply ofJob(Request request, FollowedLog log, String what) {
        JobIndex index = log.index();
        return switch (what) {
            case "" -> Reply.json(new Glance(index.overview(), trouble(log)));
            case "rounds" ->
                Reply.json(index.rounds(
                        request.number("from", 0, 0, LAST_ROUND), request.number("count", 50, 1, MOST_ROWS)));
            case "trainers" ->
                Reply.json(index.trainers(
                        request.number("from", 0, 0, LAST_ROUND), request.number("count", 50, 1, MOST_ROWS)));
            case "grid" ->
                Reply.json(index.grid(
                        request.number("round", 0, 0, LAST_ROUND),
                        request.number("rounds", 50, 1, MOST_SQUARE),
                        request.number("trainer", 0, 0, LAST_ROUND),
                        request.number("trainers", 50, 1, MOST_SQUARE)));
            case "charts/loss" -> lines(request, index, Measure.LOSS, "loss");
            case "charts/accuracy" -> lines(request, index, Measure.SCORE, index.scoreName());
            case "charts/seconds" -> lines(request, index, Measure.SECONDS, "seconds to the update");
            case "charts/norm" -> lines(request, index, Measure.NORM, "norm of the change");
            case "charts/rounds" -> {
                int from = request.number("from", 0, 0, LAST_ROUND);
                int to = request.number("to", LAST_ROUND, from, LAST_ROUND);
                yield Reply.svg(
                        Charts.rounds(index, from, Math.min(to, from + MOST_BARS - 1), System.currentTimeMillis())
                                .svg(width(request)));
            }
            case "charts/similarity" ->
                Reply.svg(Charts.likenessOverRounds(
                                index.numbers(1, LAST_ROUND, LAST_ROUND), round -> measurements.known(log, round))
                        .svg(width(request)));
            default -> Reply.notFound("there is no such page");
        };
    }

    private static Trouble trouble(FollowedLog log) {
        return log.failure()
                .map(failure -> new Trouble(failure.code().id(), failure.getMessage(), failure.nextStep()))
                .orElse(null);
    }

    private static int width(Request request) {
        return request.number("width", 760, 280, 1600);
    }

    private static Reply lines(Request request, JobIndex index, Measure measure, String label) {
        int from = request.number("from", 0, 0, LAST_ROUND);
        int to = request.number("to", LAST_ROUND, from, LAST_ROUND);
        return Reply.svg(Charts.lines(index, measure, label, from, to, request.texts("trainer"))
                .svg(width(request)));
    }

    private Reply ofRound(Request request, FollowedLog log, int round, List<String> rest) {
        Optional<Views.RoundRow> row = log.index().round(round);
        if (row.isEmpty()) {
            return Reply.notFound("round " + round + " was never opened");
        }
        return switch (String.join("/", rest)) {
            case "" -> Reply.json(row.get());
            case "decisions" -> decisions(request, log, round);
            case "measured" ->
                measurements
                        .of(log, round)
                        .map(Reply::json)
                        .orElseGet(() -> Reply.busy("other rounds are being measured"));
            case "verification" -> verification(request, log, round);
            case "charts/timeline" -> {
                Views.Grid grid = log.index().grid(round, 1, 0, MOST_SAMPLED);
                yield Reply.svg(Charts.timeline(
                                grid.rounds().get(0), grid.trainers(), row.get(), measurements.known(log, round))
                        .svg(width(request)));
            }
            case "charts/similarity" ->
                measurements
                        .known(log, round)
                        .map(measured -> Reply.svg(Charts.likeness(measured).svg(width(request))))
                        .orElseGet(() -> Reply.notFound("the round is not measured yet"));
            default -> Reply.notFound("there is no such page");
        };
    }

    private Reply decisions(Request request, FollowedLog log, int round) {
        if (!readers.tryAcquire()) {
            return Reply.busy("others read the log just now");
        }
        try {
            return Reply.json(DecisionRows.read(
                    log.log(),
                    log.index().span(round).orElseThrow(),
                    round,
                    request.number("from", 0, 0, LAST_ROUND),
                    request.number("count", 50, 1, MOST_ROWS)));
        } finally {
            readers.release();
        }
    }

    /** {@code POST} begins, {@code GET} looks. */
    private Reply verification(Request request, FollowedLog log, int round) {
        Optional<Verifications.Verification> verification =
                request.method().equals("POST") ? verifications.start(log, round) : verifications.of(log, round);
        if (verification.isPresent()) {
            return Reply.json(verification.get());
        }
        return request.method().equals("POST")
                ? Reply.busy("other rounds are being verified")
                : Reply.json(Map.of("round", round, "state", "none"));
    }

    @Override
    public void close() {
        verifications.close();
        measurements.close();
    }
}
