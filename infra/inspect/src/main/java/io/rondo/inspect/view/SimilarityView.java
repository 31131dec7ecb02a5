package io.rondo.inspect.view;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.log.UpdateVectors;
import io.rondo.aggregator.log.Vectors;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.cli.output.Table;
import io.rondo.cli.report.HeatMap;
import io.rondo.cli.report.HtmlPage;
import io.rondo.cli.report.LineChart;
import io.rondo.log.RoundPublished;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * How alike the trainers' updates are: for each round and tensor the mean over pairs of trainers of the cosine of what they sent,
 * and of what they added to the common start. Most of the first comes from that start, so that the second is the honest one.
 */
public final class SimilarityView {
    private final String job;
    private final List<Row> rows = new ArrayList<>();

    private record Row(int round, String tensor, int pairs, double values, double change) {}

    private SimilarityView(String job) {
        this.job = job;
    }

    /** Reads the updates that count of the rounds in the range, round 0 excepted. */
    public static SimilarityView read(JobLog log, RoundRange range) {
        JobRecords records = JobRecords.read(log);
        SimilarityView view = new SimilarityView(records.job().getSpec().getName());
        List<RoundPublished> rounds = records.publications().stream()
                .filter(round ->
                        round.getRound() > 0 && range.contains(round.getRound()) && log.holds(round.getRound()))
                .toList();
        Map<String, Tensor> start = records.tensors(0);
        Map<AttemptId, UpdateManifest> manifests = new HashMap<>();
        records.decisions().forEach(decision -> {
            if (decision.record() instanceof UpdateAccepted accepted) {
                manifests.put(AttemptId.of(accepted.getManifest()), accepted.getManifest());
            }
        });
        try (UpdateVectors vectors = new UpdateVectors(
                log,
                records.shape(),
                rounds.stream().map(RoundPublished::getRound).toList())) {
            for (RoundPublished round : rounds) {
                List<float[]> updates = round.getMembers().stream()
                        .map(AttemptId::of)
                        .map(manifests::get)
                        .map(vectors::of)
                        .flatMap(Optional::stream)
                        .toList();
                view.add(round.getRound(), records.shape().flat(round.getRound()), updates, start);
            }
        }
        return view;
    }

    private void add(int round, FlatLayout flat, List<float[]> updates, Map<String, Tensor> start) {
        List<Map<String, Tensor>> split = updates.stream().map(flat::split).toList();
        flat.tensors().forEach(shape -> {
            List<float[]> values = split.stream()
                    .map(tensors -> tensors.get(shape.name()).values())
                    .toList();
            float[] origin = start.get(shape.name()).values();
            rows.add(new Row(
                    round,
                    shape.name(),
                    updates.size() * (updates.size() - 1) / 2,
                    meanCosine(values),
                    meanCosine(values.stream().map(each -> minus(each, origin)).toList())));
        });
    }

    private static double meanCosine(List<float[]> vectors) {
        List<Double> cosines = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            for (int j = 0; j < i; j++) {
                cosines.add(Vectors.cosine(vectors.get(i), vectors.get(j)));
            }
        }
        return cosines.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private static float[] minus(float[] one, float[] other) {
        float[] difference = new float[one.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = one[i] - other[i];
        }
        return difference;
    }

    public String text() {
        Table table = new Table("round", "pairs", "cos A", "cos A-A0", "lowest", "highest");
        for (int round : rounds()) {
            List<Row> of = rows.stream().filter(row -> row.round() == round).toList();
            DoubleStream changes = of.stream().mapToDouble(Row::change);
            var spread = changes.summaryStatistics();
            table.row(
                    Integer.toString(round),
                    Integer.toString(of.get(0).pairs()),
                    NumberText.decimals(4, mean(of, "values")),
                    NumberText.decimals(4, mean(of, "change")),
                    NumberText.decimals(4, spread.getMin()),
                    NumberText.decimals(4, spread.getMax()));
        }
        return table + System.lineSeparator()
                + "means over tensors of the mean over pairs of trainers; lowest and highest tensor of A-A0. A0 is"
                + " round 0. --json has each tensor";
    }

    private static double mean(List<Row> rows, String what) {
        return rows.stream()
                .mapToDouble(row -> what.equals("values") ? row.values() : row.change())
                .average()
                .orElse(Double.NaN);
    }

    private Set<Integer> rounds() {
        Set<Integer> rounds = new LinkedHashSet<>();
        rows.forEach(row -> rounds.add(row.round()));
        return rounds;
    }

    /** The JSON result. A number that is none is null. */
    record Result(String job, List<Similarity> rows) {
        record Similarity(int round, String tensor, int pairs, Double cosine, Double cosineOfChange) {}
    }

    public Object json() {
        return new Result(job, rows.stream().map(SimilarityView::json).toList());
    }

    private static Result.Similarity json(Row row) {
        return new Result.Similarity(
                row.round(), row.tensor(), row.pairs(), NumberText.boxed(row.values()), NumberText.boxed(row.change()));
    }

    /** The page: both curves over the rounds, and a field of tensors and rounds. */
    public HtmlPage page() {
        List<Integer> rounds = List.copyOf(rounds());
        double[] x = rounds.stream().mapToDouble(Integer::doubleValue).toArray();
        LineChart chart = new LineChart("round", "mean cosine of pairs")
                .line(
                        "A",
                        x,
                        rounds.stream()
                                .mapToDouble(round -> mean(of(round), "values"))
                                .toArray())
                .line(
                        "A − A⁰",
                        x,
                        rounds.stream()
                                .mapToDouble(round -> mean(of(round), "change"))
                                .toArray());
        List<String> tensors = rows.stream().map(Row::tensor).distinct().toList();
        double[][] field = new double[tensors.size()][rounds.size()];
        for (int tensor = 0; tensor < tensors.size(); tensor++) {
            for (int round = 0; round < rounds.size(); round++) {
                field[tensor][round] = change(tensors.get(tensor), rounds.get(round));
            }
        }
        return new HtmlPage("Similarity in job " + job, "Similarity of the trainers' updates.")
                .figure(chart, "Mean over tensors and pairs of trainers. Most of A's similarity is the common start.")
                .section("By tensor")
                .figure(
                        new HeatMap(
                                "A − A⁰",
                                tensors.stream().map(NumberText::tensor).toList(),
                                rounds.stream()
                                        .map(round -> Integer.toString(round))
                                        .toList(),
                                field),
                        "Cosine of what the trainers added to round 0, mean over pairs, by round.");
    }

    private List<Row> of(int round) {
        return rows.stream().filter(row -> row.round() == round).toList();
    }

    private double change(String tensor, int round) {
        return rows.stream()
                .filter(row -> row.round() == round && row.tensor().equals(tensor))
                .mapToDouble(Row::change)
                .findFirst()
                .orElse(Double.NaN);
    }
}
