package io.rondo.inspect.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.cli.output.Table;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A verification as text and as JSON. */
public final class VerificationText {
    private static final int SHOWN_DIGITS = 12;
    /** With more rounds than this only those that differ are listed. */
    private static final int MOST_ROWS = 40;

    private static final int MOST_DIFFERENCES = 20;

    private final VerificationReport report;
    private final OptionalDouble raw;

    /** @param raw bytes of values that a plain consumer read in a second, where it was measured */
    public VerificationText(VerificationReport report, OptionalDouble raw) {
        this.report = report;
        this.raw = raw;
    }

    /** The JSON result. What was not measured is null. */
    @JsonPropertyOrder({
        "job",
        "jobUuid",
        "rounds",
        "identical",
        "archived",
        "sound",
        "differences",
        "notes",
        "bytes",
        "seconds",
        "MBps",
        "rawMBps",
        "ratio",
        "problems",
        "perRound"
    })
    record Result(
            String job,
            String jobUuid,
            int rounds,
            int identical,
            int archived,
            boolean sound,
            List<Difference> differences,
            List<String> notes,
            long bytes,
            double seconds,
            @JsonProperty("MBps") double megabytesPerSecond,
            @JsonProperty("rawMBps") Double rawMegabytesPerSecond,
            Double ratio,
            List<String> problems,
            List<Round> perRound) {

        /** What is not known is left out. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        record Difference(
                Long round,
                String trainer,
                String tensor,
                Long element,
                String topic,
                Long partition,
                Long offset,
                String what) {}

        record Round(int round, int revision, int updates, String digest, String outcome, String problem) {}
    }

    public Object json() {
        return new Result(
                report.job(),
                report.jobUuid(),
                report.rounds().size(),
                report.identical(),
                report.archived(),
                report.isSound(),
                report.differences().stream().map(VerificationText::json).toList(),
                report.notes(),
                report.bytes(),
                report.seconds(),
                report.megabytesPerSecond(),
                raw.isPresent() ? (Double) (raw.getAsDouble() / 1e6) : null,
                raw.isPresent() ? (Double) ratio() : null,
                report.problems(),
                report.rounds().stream().map(VerificationText::json).toList());
    }

    private static Result.Difference json(LogDifference difference) {
        return new Result.Difference(
                known(difference.round()),
                known(difference.trainer()),
                known(difference.tensor()),
                known(difference.element()),
                known(difference.topic()),
                known(difference.partition()),
                known(difference.offset()),
                difference.what());
    }

    private static Long known(long number) {
        return number >= 0 ? (Long) number : null;
    }

    private static String known(String text) {
        return text.isEmpty() ? null : text;
    }

    private static Result.Round json(RoundVerification round) {
        return new Result.Round(
                round.round(), round.revision(), round.updates(), round.digest(), outcome(round), round.problem());
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        List<RoundVerification> shown = report.rounds().size() <= MOST_ROWS
                ? report.rounds()
                : report.rounds().stream()
                        .filter(round -> !round.isIdentical())
                        .limit(MOST_ROWS)
                        .toList();
        if (!shown.isEmpty()) {
            text.append(table(shown)).append(System.lineSeparator());
        }
        report.differences().stream().limit(MOST_DIFFERENCES).forEach(difference -> text.append("difference: ")
                .append(difference)
                .append(System.lineSeparator()));
        if (report.differences().size() > MOST_DIFFERENCES) {
            text.append("… and ")
                    .append(report.differences().size() - MOST_DIFFERENCES)
                    .append(" more; --json lists all")
                    .append(System.lineSeparator());
        }
        report.notes().forEach(note -> text.append("note: ").append(note).append(System.lineSeparator()));
        text.append("%d of %d rounds recomputed from the log%s%s"
                .formatted(
                        report.identical(),
                        report.rounds().size(),
                        report.isSound() ? ", bit-identical" : "",
                        report.archived() == 0 ? "" : ", " + report.archived() + " archived"));
        text.append(String.format(
                Locale.ROOT,
                " · %.1f MB in %.1f s, %.0f MB/s",
                report.bytes() / 1e6,
                report.seconds(),
                report.megabytesPerSecond()));
        if (raw.isPresent()) {
            text.append(String.format(
                    Locale.ROOT, " · a plain consumer %.0f MB/s, ratio %.2f", raw.getAsDouble() / 1e6, ratio()));
        }
        return text.toString();
    }

    private static Table table(List<RoundVerification> rounds) {
        Table table = new Table("round", "updates", "digest", "outcome", "");
        for (RoundVerification round : rounds) {
            table.row(
                    Integer.toString(round.round()),
                    Integer.toString(round.updates()),
                    round.digest()
                            .substring(0, Math.min(SHOWN_DIGITS, round.digest().length())),
                    outcome(round),
                    round.problem());
        }
        return table;
    }

    private double ratio() {
        return report.megabytesPerSecond() * 1e6 / raw.getAsDouble();
    }

    private static String outcome(RoundVerification round) {
        return round.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
