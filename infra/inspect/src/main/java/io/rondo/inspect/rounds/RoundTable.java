package io.rondo.inspect.rounds;

import io.rondo.cli.output.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** All rounds of a job, as a table and as JSON. */
public final class RoundTable {
    private static final int SHOWN_DIGITS = 12;
    private static final List<String> HEADER = List.of(
            "round", "status", "cohort", "accepted", "late", "rejected", "bytes", "seconds", "loss", "acc", "digest");

    private final List<RoundSummary> rounds;

    public RoundTable(List<RoundSummary> rounds) {
        this.rounds = List.copyOf(rounds);
    }

    public String text() {
        Table table = new Table(HEADER.toArray(String[]::new));
        rows().forEach(row -> table.row(row.toArray(String[]::new)));
        return table.toString();
    }

    List<String> header() {
        return HEADER;
    }

    /** A row of cells for each round. */
    List<List<String>> rows() {
        return rounds.stream().map(RoundTable::row).toList();
    }

    private static List<String> row(RoundSummary round) {
        return List.of(
                Integer.toString(round.round()),
                status(round),
                Integer.toString(round.cohort().size()),
                Integer.toString(round.accepted()),
                Integer.toString(round.late()),
                Integer.toString(round.rejected()),
                String.format(Locale.ROOT, "%,d", round.bytes()),
                decimal(round.seconds(), "%.1f"),
                decimal(round.loss(), "%.3f"),
                decimal(round.accuracy(), "%.3f"),
                round.digest().map(digest -> digest.substring(0, SHOWN_DIGITS)).orElse("–"));
    }

    /** One object a round, with the same names as the table's columns; what is not known yet is null. */
    public List<Map<String, Object>> json() {
        return rounds.stream().map(RoundTable::json).toList();
    }

    private static Map<String, Object> json(RoundSummary round) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("round", round.round());
        json.put("status", status(round));
        json.put("cohort", round.cohort());
        json.put("accepted", round.accepted());
        json.put("late", round.late());
        json.put("rejected", round.rejected());
        json.put("bytes", round.bytes());
        json.put("seconds", boxed(round.seconds()));
        json.put("loss", boxed(round.loss()));
        json.put("accuracy", boxed(round.accuracy()));
        json.put("digest", round.digest().orElse(null));
        return json;
    }

    private static String status(RoundSummary round) {
        return round.status().name().toLowerCase(Locale.ROOT);
    }

    private static Double boxed(OptionalDouble value) {
        return value.isPresent() ? (Double) value.getAsDouble() : null;
    }

    private static String decimal(OptionalDouble value, String format) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "–";
    }
}
