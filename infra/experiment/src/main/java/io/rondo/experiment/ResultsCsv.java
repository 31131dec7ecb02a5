package io.rondo.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Every evaluated round of every reported run and every comparison of factors, a line each. */
final class ResultsCsv {
    private static final CsvMapper CSV = CsvMapper.builder().build();

    private ResultsCsv() {}

    @JsonPropertyOrder({
        "experiment",
        "purpose",
        "method",
        "split",
        "shift",
        "learning_rate",
        "seed",
        "round",
        "elements_per_round",
        "loss",
        "measure",
        "value"
    })
    private record Line(
            String experiment,
            String purpose,
            String method,
            String split,
            String shift,
            @JsonProperty("learning_rate") double learningRate,
            long seed,
            int round,
            @JsonProperty("elements_per_round") double elements,
            double loss,
            String measure,
            double value) {}

    static String of(Results results) {
        List<Line> lines = new ArrayList<>();
        for (var runs : List.of(results.tuned(), results.measured(), results.alone())) {
            runs.forEach((run, result) -> add(lines, results.experiment(), run, result));
        }
        try {
            return CSV.writer(CSV.schemaFor(Line.class).withHeader()).writeValueAsString(lines);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lines of text and numbers are CSV", e);
        }
    }

    private static void add(List<Line> lines, Experiment experiment, ExperimentRun run, RunResult result) {
        for (RunResult.Evaluation round : result.rounds()) {
            round.metrics()
                    .forEach((measure, value) -> lines.add(line(experiment, run, result, round, measure, value)));
            for (int i = 0; i < round.perTrainer().size(); i++) {
                String measure = "trainer-" + (i + 1) + "/" + MetricNames.TEST;
                lines.add(line(
                        experiment,
                        run,
                        result,
                        round,
                        measure,
                        round.perTrainer().get(i)));
            }
        }
        if (result.heldOut() != null) {
            add(
                    lines,
                    experiment,
                    run,
                    result,
                    "held-out-before/",
                    result.heldOut().before());
            add(
                    lines,
                    experiment,
                    run,
                    result,
                    "held-out-after/",
                    result.heldOut().after());
        }
        for (RunResult.Similarity similarity : result.similarities()) {
            String measure = similarity.quantity() + " of " + similarity.module();
            lines.add(line(experiment, run, result, result.last(), measure, similarity.cosine()));
        }
    }

    private static void add(
            List<Line> lines,
            Experiment experiment,
            ExperimentRun run,
            RunResult result,
            String site,
            Map<String, Double> metrics) {
        // a plug-in's metrics may come in any order
        new TreeMap<>(metrics)
                .forEach((measure, value) ->
                        lines.add(line(experiment, run, result, result.last(), site + measure, value)));
    }

    private static Line line(
            Experiment experiment,
            ExperimentRun run,
            RunResult result,
            RunResult.Evaluation round,
            String measure,
            double value) {
        return new Line(
                experiment.name(),
                run.purpose().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                run.method(),
                run.split().id(),
                experiment.shift().id(),
                run.learningRate(),
                run.seed(),
                round.round(),
                result.elements(),
                round.loss(),
                measure,
                value);
    }
}
