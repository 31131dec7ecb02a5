package io.rondo.inspect.rounds;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.cli.output.Table;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** All rounds of a job, as a table and as JSON. */
public final class RoundTable {
    private static final int SHOWN_DIGITS = 12;
    private static final List<String> HEADER = List.of(
            "round", "status", "cohort", "accepted", "late", "rejected", "bytes", "seconds", "loss", "acc", "digest");
    /** Where the model answers problems. */
    private static final String EXACT_MATCH = "exact match";

    private final List<RoundSummary> rounds;

    public RoundTable(List<RoundSummary> rounds) {
        this.rounds = List.copyOf(rounds);
    }

    public String text() {
        Table table = new Table(header().toArray(String[]::new));
        rows().forEach(row -> table.row(row.toArray(String[]::new)));
        return table.toString();
    }

    List<String> header() {
        boolean answers = rounds.stream().anyMatch(round -> round.exactMatch().isPresent());
        return answers
                ? HEADER.stream()
                        .map(column -> column.equals("acc") ? EXACT_MATCH : column)
                        .toList()
                : HEADER;
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
                decimal(round.mean(TrainerRound::score), "%.3f"),
                round.digest().map(digest -> digest.substring(0, SHOWN_DIGITS)).orElse("–"));
    }

    /** One object a round, with the same names as the table's columns; what is not known yet is null. */
    public List<Result> json() {
        return rounds.stream().map(RoundTable::json).toList();
    }

    /**
     * A round in a JSON result.
     *
     * @param exactMatch left out if the model answers no problems
     */
    public record Result(
            int round,
            String status,
            List<String> cohort,
            int accepted,
            int late,
            int rejected,
            long bytes,
            Double seconds,
            Double loss,
            Double accuracy,
            @JsonInclude(JsonInclude.Include.NON_NULL) Double exactMatch,
            String digest) {}

    private static Result json(RoundSummary round) {
        return new Result(
                round.round(),
                status(round),
                round.cohort(),
                round.accepted(),
                round.late(),
                round.rejected(),
                round.bytes(),
                boxed(round.seconds()),
                boxed(round.loss()),
                boxed(round.accuracy()),
                boxed(round.exactMatch()),
                round.digest().orElse(null));
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
