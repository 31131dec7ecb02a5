package io.rondo.inspect.rounds;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * A round in one line, in the words of the field: {@code [round 7/20] 3 of 3 updates · cohort 3 · loss 0.412 ↓ · acc 0.874 ·
 * 1.2 s}, then loss and accuracy (or exact match) of each trainer.
 */
public final class RoundLine {
    /** Changes that no one sees in three decimals. */
    private static final double STEADY = 0.0005;

    private final int total;
    private OptionalDouble lossBefore = OptionalDouble.empty();

    /** @param total rounds of the job after round 0 */
    public RoundLine(int total) {
        this.total = total;
    }

    /** The line of the next round; the arrow compares with the line before. */
    public String of(RoundSummary round) {
        StringBuilder line = new StringBuilder("[round %d/%d] ".formatted(round.round(), total));
        if (round.round() == 0) {
            line.append("initial adapter published");
        } else if (round.status() == RoundSummary.Status.FAILED) {
            return line
                    + "failed with %d of %d updates"
                            .formatted(round.accepted(), round.cohort().size());
        } else {
            int asked = round.cohort().size();
            line.append("%d of %d updates · cohort %d".formatted(round.accepted(), asked, asked));
            round.loss()
                    .ifPresent(loss ->
                            line.append(" · loss ").append(decimal(loss)).append(arrow(loss)));
        }
        round.accuracy().ifPresent(accuracy -> line.append(" · acc ").append(decimal(accuracy)));
        round.exactMatch().ifPresent(share -> line.append(" · exact match ").append(decimal(share)));
        round.seconds().ifPresent(seconds -> line.append(String.format(Locale.ROOT, " · %.1f s", seconds)));
        if (round.late() > 0) {
            line.append(" · ").append(round.late()).append(" late");
        }
        if (round.rejected() > 0) {
            line.append(" · ").append(round.rejected()).append(" rejected");
        }
        if (round.loss().isPresent()) {
            lossBefore = round.loss();
        }
        return line + trainers(round);
    }

    private String arrow(double loss) {
        if (lossBefore.isEmpty() || Math.abs(loss - lossBefore.getAsDouble()) < STEADY) {
            return "";
        }
        return loss < lossBefore.getAsDouble() ? " ↓" : " ↑";
    }

    private static String trainers(RoundSummary round) {
        return round.trainers().stream()
                .filter(trainer -> trainer.loss().isPresent() || trainer.score().isPresent())
                .map(trainer -> trainer.trainer() + " " + orDash(trainer.loss()) + "/" + orDash(trainer.score()))
                .collect(Collectors.joining("  ", "  ┆ ", ""));
    }

    private static String orDash(OptionalDouble value) {
        return value.isPresent() ? decimal(value.getAsDouble()) : "–";
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
