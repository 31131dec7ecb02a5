package io.rondo.experiment;

import io.rondo.cli.report.HeatMap;
import io.rondo.cli.report.HtmlPage;
import io.rondo.cli.report.LineChart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The results of an experiment as one page. */
final class ExperimentReport {
    private static final List<String> COSINES = List.of("A", "A-A0", "B", "BA");

    private final Results results;
    private final Experiment experiment;
    private final HtmlPage page;

    private ExperimentReport(Results results) {
        this.results = results;
        this.experiment = results.experiment();
        this.page = new HtmlPage(experiment.name(), experiment.question());
    }

    /** The page as HTML. */
    static String of(Results results) {
        ExperimentReport report = new ExperimentReport(results);
        report.facts();
        report.summary();
        report.differences();
        report.experiment.splits().forEach(report::accuracy);
        report.learningRates();
        report.asymmetry();
        return report.page.html();
    }

    private void facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "data",
                experiment.data().map(path -> path.getFileName().toString()).orElse("made text"));
        facts.put("trainers", Integer.toString(experiment.trainers()));
        facts.put("seeds", experiment.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        facts.put("rounds", Integer.toString(anyRun().last().round()));
        facts.put("labels", experiment.shift() == Shift.NONE ? "the same at every site" : "read differently by site");
        experiment.job().forEach(value -> facts.put(value.key(), String.join(", ", value.items())));
        page.facts(facts);
        if (experiment.shift() == Shift.ANNOTATORS) {
            page.text("Each site but the first reads texts with one frequent word as the next class: "
                    + anyRun().words().stream()
                            .map(word -> word.isEmpty() ? "none" : "“" + word + "”")
                            .collect(Collectors.joining(", "))
                    + ", in the order of the sites.");
        }
    }

    private RunResult anyRun() {
        return results.measured().values().iterator().next();
    }

    private void summary() {
        page.section("What each method reached");
        page.text("Accuracy on each trainer's own test split with the adapter it received, the unweighted mean over"
                + " trainers, then mean ± standard deviation over seeds. The best round is chosen on a validation split"
                + " that is not reported. All sites': the test examples of all sites that took part, each labelled as"
                + " its site does, after the last round. Last fifth: the change of the mean over the last fifth of the"
                + " rounds, about 0 where the curve is flat.");
        if (results.hasHeldOut()) {
            page.text(
                    "A new site took no part. It starts from what is shared and the initial values of all else, and is"
                            + " measured on its own test split before and after "
                            + experiment.visitSteps().getAsInt() + " steps of its own.");
        }
        List<List<String>> rows = new ArrayList<>();
        for (Results.Line line : results.lines()) {
            rows.add(List.of(results.row(
                    line,
                    line.method(),
                    line.split().id(),
                    Double.toString(line.learningRate()),
                    String.format(Locale.ROOT, "%,.0f", 4 * line.elements()),
                    line.last().toString(),
                    line.best().toString(),
                    line.pooled().toString())));
        }
        page.table(
                List.of(results.header(
                        "method",
                        "split",
                        "learning rate",
                        "bytes up a round",
                        "last round",
                        "best round",
                        "all sites'")),
                rows);
    }

    private void differences() {
        List<Results.Difference> differences = results.differences();
        if (differences.isEmpty()) {
            return;
        }
        page.section("Differences between methods");
        page.text(
                "The first method less each of the others after the last round, in pairs of runs with the same seed: the"
                        + " mean, and its 95 % confidence interval by Student's t distribution. An interval that contains 0 does"
                        + " not tell the methods apart.");
        List<String> header = new ArrayList<>(List.of("methods", "split", "own test", "all sites'"));
        if (results.hasHeldOut()) {
            header.add("a new site's, after its own steps");
        }
        page.table(header, differences.stream().map(this::row).toList());
    }

    private List<String> row(Results.Difference difference) {
        List<String> row = new ArrayList<>(List.of(
                difference.method() + " − " + difference.other(),
                difference.split().id(),
                difference.last().toString(),
                difference.pooled().toString()));
        if (results.hasHeldOut()) {
            row.add(difference.heldOutAfter().toString());
        }
        return row;
    }

    private void accuracy(DataSplit split) {
        page.section("Accuracy by round, " + split.id());
        LineChart chart = new LineChart("round", "accuracy on the own test split");
        for (String method : experiment.methods()) {
            List<RunResult> runs = results.runs(method, split);
            int points = runs.get(0).rounds().size();
            double[] x = new double[points];
            double[] y = new double[points];
            double[] low = new double[points];
            double[] high = new double[points];
            for (int i = 0; i < points; i++) {
                int at = i;
                Spread spread = Spread.of(runs.stream()
                        .mapToDouble(run -> run.rounds().get(at).test())
                        .toArray());
                x[i] = runs.get(0).rounds().get(i).round();
                y[i] = spread.mean();
                low[i] = spread.mean() - spread.deviation();
                high[i] = spread.mean() + spread.deviation();
            }
            chart.line(method, x, y, low, high);
        }
        page.figure(chart, "Mean over seeds, with one standard deviation around it.");
    }

    private void learningRates() {
        if (results.tuned().isEmpty()) {
            return;
        }
        page.section("How learning rates were chosen");
        page.text("One seed that is not among those above; the rate whose last round is best on the validation split.");
        List<Double> rates = experiment.learningRates().stream().sorted().toList();
        List<String> header = new ArrayList<>(List.of("method", "split"));
        rates.forEach(rate -> header.add(rate.toString()));
        List<List<String>> rows = new ArrayList<>();
        for (DataSplit split : experiment.splits()) {
            for (String method : experiment.methods()) {
                List<String> row = new ArrayList<>(List.of(method, split.id()));
                rates.forEach(rate -> row.add(number(results.tuned()
                        .get(new ExperimentRun(
                                ExperimentRun.Purpose.TUNING, method, split, rate, experiment.tuningSeed()))
                        .last()
                        .validation())));
                rows.add(row);
            }
        }
        page.table(header, rows);
    }

    private void asymmetry() {
        if (results.alone().isEmpty()) {
            return;
        }
        page.section("What A and B learn");
        page.text(
                "Each site is trained alone, all from the same A⁰ (above) or, as the control, each from one of its own"
                        + " (below). The cosine between sites, the mean over pairs of sites and seeds. A alone looks alike mostly"
                        + " because of the common start: the control has none of it, and A − A⁰ is the honest figure.");
        for (DataSplit split : experiment.asymmetry()) {
            page.figure(
                    heatMap(split, ExperimentRun.Purpose.COMMON_START), split.id() + ", all sites from the same A⁰.");
            page.figure(
                    heatMap(split, ExperimentRun.Purpose.OWN_START), split.id() + ", each site from an A⁰ of its own.");
        }
        page.text("How far A went from the common A⁰, the mean over sites and seeds.");
        List<List<String>> rows = new ArrayList<>();
        for (DataSplit split : experiment.asymmetry()) {
            List<RunResult> runs = alone(split, ExperimentRun.Purpose.COMMON_START);
            for (String module : modules(runs)) {
                rows.add(List.of(
                        split.id(),
                        shortName(module),
                        number(mean(runs, module, Similarities.TO_START)),
                        number(mean(runs, module, Similarities.MOVED))));
            }
        }
        page.table(List.of("split", "layer and module", "cos(A, A⁰)", "‖A − A⁰‖ / ‖A⁰‖"), rows);
    }

    private HeatMap heatMap(DataSplit split, ExperimentRun.Purpose purpose) {
        List<RunResult> runs = alone(split, purpose);
        List<String> modules = modules(runs);
        double[][] values = new double[modules.size()][COSINES.size()];
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < COSINES.size(); column++) {
                values[row][column] = mean(runs, modules.get(row), COSINES.get(column));
            }
        }
        return new HeatMap(
                "layer and module",
                modules.stream().map(ExperimentReport::shortName).toList(),
                COSINES,
                values);
    }

    private List<RunResult> alone(DataSplit split, ExperimentRun.Purpose purpose) {
        return results.alone().entrySet().stream()
                .filter(entry -> entry.getKey().purpose() == purpose
                        && entry.getKey().split().equals(split))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static List<String> modules(List<RunResult> runs) {
        return List.copyOf(new TreeSet<>(runs.get(0).similarities().stream()
                .map(RunResult.Similarity::module)
                .toList()));
    }

    private static double mean(List<RunResult> runs, String module, String quantity) {
        return runs.stream()
                .flatMap(run -> run.similarities().stream())
                .filter(similarity -> similarity.module().equals(module)
                        && similarity.quantity().equals(quantity))
                .mapToDouble(RunResult.Similarity::cosine)
                .average()
                .orElse(Double.NaN);
    }

    /** Such as {@code 5 query} of {@code encoder.layer.5.attention.self.query}. */
    private static String shortName(String module) {
        return module.replaceFirst("^.*layer\\.(\\d+)\\..*?([^.]+)$", "$1 $2");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
