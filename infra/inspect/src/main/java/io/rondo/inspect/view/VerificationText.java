package io.rondo.inspect.view;

import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.cli.output.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", report.job());
        json.put("jobUuid", report.jobUuid());
        json.put("rounds", report.rounds().size());
        json.put("identical", report.identical());
        json.put("archived", report.archived());
        json.put("sound", report.isSound());
        json.put(
                "differences",
                report.differences().stream().map(VerificationText::json).toList());
        json.put("notes", report.notes());
        json.put("bytes", report.bytes());
        json.put("seconds", report.seconds());
        json.put("MBps", report.megabytesPerSecond());
        json.put("rawMBps", raw.isPresent() ? (Double) (raw.getAsDouble() / 1e6) : null);
        json.put("ratio", raw.isPresent() ? (Double) ratio() : null);
        json.put("problems", report.problems());
        json.put(
                "perRound", report.rounds().stream().map(VerificationText::json).toList());
        return json;
    }

    private static Map<String, Object> json(LogDifference difference) {
        Map<String, Object> json = new LinkedHashMap<>();
        put(json, "round", difference.round());
        put(json, "trainer", difference.trainer());
        put(json, "tensor", difference.tensor());
        put(json, "element", difference.element());
        put(json, "topic", difference.topic());
        put(json, "partition", difference.partition());
        put(json, "offset", difference.offset());
        json.put("what", difference.what());
        return json;
    }

    private static void put(Map<String, Object> json, String name, long number) {
        if (number >= 0) {
            json.put(name, number);
        }
    }

    private static void put(Map<String, Object> json, String name, String text) {
        if (!text.isEmpty()) {
            json.put(name, text);
        }
    }

    private static Map<String, Object> json(RoundVerification round) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("round", round.round());
        json.put("revision", round.revision());
        json.put("updates", round.updates());
        json.put("digest", round.digest());
        json.put("outcome", outcome(round));
        json.put("problem", round.problem());
        return json;
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
