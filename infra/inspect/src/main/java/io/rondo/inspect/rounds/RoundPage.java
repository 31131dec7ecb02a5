package io.rondo.inspect.rounds;

import io.rondo.cli.report.HtmlPage;
import io.rondo.cli.report.LineChart;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.Function;

/** The rounds of a job as a page: loss, accuracy and time over the rounds, and the table. */
public final class RoundPage {
    private final String job;
    private final RoundHistory history;
    private final List<RoundSummary> rounds;

    public RoundPage(String job, RoundHistory history) {
        this.job = job;
        this.history = history;
        this.rounds = history.rounds();
    }

    public HtmlPage page() {
        HtmlPage page = new HtmlPage("Job " + job, "Every round, from the log.").facts(facts());
        boolean answersProblems =
                rounds.stream().anyMatch(round -> round.exactMatch().isPresent());
        String score = answersProblems ? "Exact match" : "Accuracy";
        page.section(score)
                .figure(
                        chart(score.toLowerCase(Locale.ROOT), TrainerRound::score),
                        score
                                + " of each trainer on its own test split, with the round's adapter and before a further step.")
                .section("Loss")
                .figure(chart("loss", TrainerRound::loss), "Training loss of each trainer whose update counts.")
                .section("Time")
                .figure(
                        new LineChart("round", "seconds").line("round", x(), seconds()),
                        "From the opening of a round to its publication.")
                .section("Rounds");
        RoundTable table = new RoundTable(rounds);
        return page.table(table.header(), table.rows());
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        history.job().ifPresent(started -> {
            facts.put(
                    "method",
                    started.getSpec().getMethod() + ", " + started.getSpec().getAdapter());
            facts.put("model", started.getSpec().getModel());
            facts.put("strategy", started.getSpec().getStrategy());
            facts.put("UUID", started.getJobUuid());
        });
        facts.put("rounds", Integer.toString(rounds.size()));
        facts.put("trainers", Integer.toString(history.admitted().size()));
        return facts;
    }

    private LineChart chart(String label, Function<TrainerRound, OptionalDouble> number) {
        LineChart chart = new LineChart("round", label);
        chart.line("mean", x(), values(round -> round.mean(number)));
        TreeSet<String> trainers = new TreeSet<>();
        rounds.forEach(round -> round.trainers().forEach(trainer -> trainers.add(trainer.trainer())));
        for (String trainer : trainers) {
            double[] values = values(round -> round.trainers().stream()
                    .filter(each -> each.trainer().equals(trainer))
                    .map(number)
                    .filter(OptionalDouble::isPresent)
                    .findFirst()
                    .orElse(OptionalDouble.empty()));
            if (Arrays.stream(values).anyMatch(Double::isFinite)) {
                chart.line(trainer, x(), values);
            }
        }
        return chart;
    }

    private double[] x() {
        return rounds.stream().mapToDouble(RoundSummary::round).toArray();
    }

    private double[] seconds() {
        return values(RoundSummary::seconds);
    }

    private double[] values(Function<RoundSummary, OptionalDouble> number) {
        return rounds.stream()
                .mapToDouble(round -> number.apply(round).orElse(Double.NaN))
                .toArray();
    }
}
