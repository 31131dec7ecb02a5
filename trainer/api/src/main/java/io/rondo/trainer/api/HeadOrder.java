package io.rondo.trainer.api;

import io.rondo.schemas.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Maps the outputs of a pretrained head to the classes of a job. {@code transformers} keeps the names of a head's outputs in
 * {@code id2label}, in the model's own order.
 */
public final class HeadOrder {
    private final int[] outputs;

    private HeadOrder(int[] outputs) {
        this.outputs = outputs;
    }

    /**
     * Matches names to labels: exactly, or ignoring case, or a numeric label to the output of this number. Outputs without
     * names, or with the default names of {@code transformers} ({@code LABEL_0}, …), are in the order of the labels.
     *
     * @param names the names of the outputs, in order
     * @param labels the job's classes, in order
     * @return empty if the head has other classes
     */
    public static Optional<HeadOrder> of(List<String> names, List<String> labels) {
        if (!names.isEmpty() && names.size() != labels.size()) {
            return Optional.empty();
        }
        return places(names, labels, UnaryOperator.identity())
                .or(() -> places(names, labels, name -> name.toLowerCase(Locale.ROOT)))
                .or(() -> places(numbers(labels.size()), labels, UnaryOperator.identity()))
                .or(() -> isUnnamed(names)
                        ? Optional.of(IntStream.range(0, labels.size()).toArray())
                        : Optional.empty())
                .map(HeadOrder::new);
    }

    private static Optional<int[]> places(List<String> names, List<String> labels, UnaryOperator<String> spelling) {
        List<String> spelled = names.stream().map(spelling).toList();
        int[] places = labels.stream()
                .mapToInt(label -> spelled.indexOf(spelling.apply(label)))
                .toArray();
        boolean isMatch = new HashSet<>(spelled).size() == spelled.size()
                && spelled.size() == labels.size()
                && Arrays.stream(places).allMatch(place -> place >= 0)
                && Arrays.stream(places).distinct().count() == places.length;
        return isMatch ? Optional.of(places) : Optional.empty();
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static boolean isUnnamed(List<String> names) {
        return IntStream.range(0, names.size()).allMatch(i -> names.get(i).equals("LABEL_" + i));
    }

    /** Reorders a head from the model's order to that of the labels. */
    public List<Tensor> headToLabels(List<Tensor> head) {
        return reorder(head, outputs);
    }

    /** Reorders a head from the order of the labels to the model's. */
    public List<Tensor> headToOutputs(List<Tensor> head) {
        return reorder(head, labels());
    }

    /** The labels in the order of the outputs. */
    public List<String> toOutputs(List<String> ordered) {
        return Arrays.stream(labels()).mapToObj(ordered::get).toList();
    }

    private int[] labels() {
        int[] labels = new int[outputs.length];
        for (int label = 0; label < outputs.length; label++) {
            labels[outputs[label]] = label;
        }
        return labels;
    }

    /** The rows of the last layer are the outputs: its weight and bias are the last two tensors. */
    private static List<Tensor> reorder(List<Tensor> head, int[] sources) {
        List<Tensor> reordered = new ArrayList<>(head);
        for (int i = Math.max(0, head.size() - 2); i < head.size(); i++) {
            reordered.set(i, rows(head.get(i), sources));
        }
        return reordered;
    }

    private static Tensor rows(Tensor tensor, int[] sources) {
        int width = tensor.size() / sources.length;
        float[] from = tensor.values();
        float[] to = new float[from.length];
        for (int row = 0; row < sources.length; row++) {
            System.arraycopy(from, sources[row] * width, to, row * width, width);
        }
        return new Tensor(tensor.name(), tensor.shape(), to);
    }
}
