package io.rondo.inspect.view;

import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.log.Vectors;
import io.rondo.cli.output.Table;
import io.rondo.cli.report.Bars;
import io.rondo.cli.report.HtmlPage;
import io.rondo.schemas.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the adapters of two rounds differ, tensor by tensor. */
public final class DiffView {
    private final int from;
    private final int to;
    private final List<Row> rows = new ArrayList<>();

    private record Row(String tensor, double normFrom, double normTo, double distance, double cosine) {}

    /**
     * Compares each tensor's values as of two rounds.
     *
     * @param one where the first round is looked up
     * @param other where the second one is; the same, or a branch
     */
    public DiffView(JobRecords one, int from, JobRecords other, int to) {
        this.from = from;
        this.to = to;
        Map<String, Tensor> before = one.tensors(from);
        other.tensors(to).forEach((name, tensor) -> {
            if (before.containsKey(name)) {
                rows.add(row(name, before.get(name).values(), tensor.values()));
            }
        });
    }

    private static Row row(String name, float[] before, float[] after) {
        double norm = Vectors.norm(before);
        return new Row(
                name, norm, Vectors.norm(after), Vectors.distance(before, after) / norm, Vectors.cosine(before, after));
    }

    /** The page: how much each tensor changed, one beside the other, and the numbers. */
    public HtmlPage page() {
        return new HtmlPage(
                        "Round " + from + " and round " + to,
                        "How the adapters of two rounds differ, tensor by tensor.")
                .figure(
                        new Bars(
                                "L2 distance, relative to the norm in round " + from,
                                rows.stream()
                                        .map(row -> NumberText.tensor(row.tensor()))
                                        .toList(),
                                rows.stream().mapToDouble(Row::distance).toArray()),
                        "The longer the bar, the more the tensor changed. A tensor whose bar is missing did not.")
                .section("Numbers")
                .table(
                        List.of("tensor", "norm " + from, "norm " + to, "distance", "cosine"),
                        rows.stream().map(DiffView::cells).toList());
    }

    private static List<String> cells(Row row) {
        return List.of(
                row.tensor(),
                NumberText.decimals(4, row.normFrom()),
                NumberText.decimals(4, row.normTo()),
                NumberText.decimals(5, row.distance()),
                NumberText.decimals(6, row.cosine()));
    }

    public String text() {
        Table table = new Table("tensor", "norm " + from, "norm " + to, "distance", "cosine");
        rows.forEach(row -> table.row(cells(row).toArray(String[]::new)));
        return table.toString();
    }

    /** The JSON result. A number that is none is null. */
    record Result(int from, int to, List<TensorDifference> tensors) {
        record TensorDifference(String tensor, Double normFrom, Double normTo, Double distance, Double cosine) {}
    }

    public Object json() {
        return new Result(from, to, rows.stream().map(DiffView::json).toList());
    }

    private static Result.TensorDifference json(Row row) {
        return new Result.TensorDifference(
                row.tensor(),
                NumberText.boxed(row.normFrom()),
                NumberText.boxed(row.normTo()),
                NumberText.boxed(row.distance()),
                NumberText.boxed(row.cosine()));
    }
}
