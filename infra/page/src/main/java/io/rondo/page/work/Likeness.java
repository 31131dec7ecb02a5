package io.rondo.page.work;

import io.rondo.aggregator.log.Vectors;
import io.rondo.schemas.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How alike updates are, by pairs: the cosine of what they are and of what they added to round 0, mean over tensors. */
final class Likeness {
    private final Map<String, Tensor> origin;
    private final List<String> trainers = new ArrayList<>();
    private final List<Map<String, float[]>> values = new ArrayList<>();

    Likeness(Map<String, Tensor> origin) {
        this.origin = origin;
    }

    void add(String trainer, Map<String, Tensor> tensors) {
        Map<String, float[]> added = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> added.put(name, tensor.values()));
        trainers.add(trainer);
        values.add(added);
    }

    int size() {
        return trainers.size();
    }

    List<String> trainers() {
        return trainers;
    }

    /** A row for each trainer; 1 on the diagonal. */
    List<List<Double>> cosines() {
        List<List<Double>> rows = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            List<Double> row = new ArrayList<>();
            for (int j = 0; j < values.size(); j++) {
                row.add(i == j ? (Double) 1.0 : boxed(cosine(i, j, true)));
            }
            rows.add(row);
        }
        return rows;
    }

    Double meanOfValues() {
        return mean(false);
    }

    Double meanOfChanges() {
        return mean(true);
    }

    private Double mean(boolean ofChanges) {
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < values.size(); i++) {
            for (int j = 0; j < i; j++) {
                double cosine = cosine(i, j, ofChanges);
                if (Double.isFinite(cosine)) {
                    sum += cosine;
                    pairs++;
                }
            }
        }
        return pairs == 0 ? null : (Double) (sum / pairs);
    }

    private double cosine(int one, int other, boolean ofChanges) {
        double sum = 0;
        for (String tensor : values.get(one).keySet()) {
            float[] a = values.get(one).get(tensor);
            float[] b = values.get(other).get(tensor);
            sum += ofChanges ? cosineOfChange(a, b, origin.get(tensor).values()) : Vectors.cosine(a, b);
        }
        return sum / values.get(one).size();
    }

    private static double cosineOfChange(float[] one, float[] other, float[] from) {
        double dot = 0;
        double ones = 0;
        double others = 0;
        for (int i = 0; i < from.length; i++) {
            double a = one[i] - from[i];
            double b = other[i] - from[i];
            dot += a * b;
            ones += a * a;
            others += b * b;
        }
        return dot / Math.sqrt(ones * others);
    }

    private static Double boxed(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }
}
