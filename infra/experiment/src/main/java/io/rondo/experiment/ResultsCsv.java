package io.rondo.experiment;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every evaluated round of every reported run and every comparison of factors, a line each. */
final class ResultsCsv {
    private static final String HEADER =
            "experiment,purpose,method,split,shift,learning_rate,seed,round,elements_per_round,loss,measure,value\n";

    private ResultsCsv() {}

    static String of(Results results) {
        StringBuilder csv = new StringBuilder(HEADER);
        for (Map<Run, RunResult> runs : List.of(results.tuned(), results.measured(), results.alone())) {
            runs.forEach((run, result) -> add(csv, results.experiment(), run, result));
        }
        return csv.toString();
    }

    private static void add(StringBuilder csv, Experiment experiment, Run run, RunResult result) {
        String prefix = String.join(
                ",",
                experiment.name(),
                run.purpose().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                run.method(),
                run.split().id(),
                experiment.shift().id(),
                Double.toString(run.learningRate()),
                Long.toString(run.seed()));
        for (RunResult.Evaluation round : result.rounds()) {
            String start = prefix + "," + round.round() + "," + result.elements() + "," + round.loss() + ",";
            round.metrics().forEach((measure, value) -> csv.append(start)
                    .append(measure)
                    .append(',')
                    .append(value)
                    .append('\n'));
            for (int i = 0; i < round.perTrainer().size(); i++) {
                csv.append(start)
                        .append("trainer-" + (i + 1) + "/" + Measures.TEST)
                        .append(',')
                        .append(round.perTrainer().get(i))
                        .append('\n');
            }
        }
        String last = prefix + "," + result.last().round() + "," + result.elements() + ","
                + result.last().loss() + ",";
        for (RunResult.Similarity similarity : result.similarities()) {
            csv.append(last)
                    .append(similarity.quantity() + " of " + similarity.module())
                    .append(',')
                    .append(similarity.cosine())
                    .append('\n');
        }
    }
}
