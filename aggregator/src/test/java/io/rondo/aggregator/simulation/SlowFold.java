package io.rondo.aggregator.simulation;

import io.rondo.log.CohortMember;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.TensorShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The slow twin of the folds: a whole round at once, element by element, from what the trainers know they sent. */
final class SlowFold {
    private final JobSpec spec;
    private final Map<String, Upload> uploads;
    /** By name, the value of each tensor, and the server optimizer's vectors of each list of tensors. */
    private final Map<String, float[]> tensors = new TreeMap<>();

    private final Map<String, float[]> state = new TreeMap<>();

    SlowFold(JobSpec spec, Map<String, Upload> uploads) {
        this.spec = spec;
        this.uploads = uploads;
    }

    /** The L2 norm of an update's difference to the adapter before it. */
    double norm(Upload upload, float[] base) {
        return Math.sqrt(squaredDistance(values(upload, base.length), base));
    }

    /** The value of the flat vector before a round. */
    float[] base(FlatLayout flat) {
        float[] base = new float[flat.elements()];
        int position = 0;
        for (TensorShape tensor : flat.tensors()) {
            System.arraycopy(tensors.get(tensor.name()), 0, base, position, tensor.size());
            position += tensor.size();
        }
        return base;
    }

    /** The adapter of a round; it becomes the base of the next ones. */
    float[] adapter(FlatLayout flat, int round, List<CohortMember> members) {
        float[] adapter = round == 0
                ? mean(flat.elements(), vectors(members, null, flat.elements()), members)
                : step(flat, aggregate(flat, members));
        int position = 0;
        for (TensorShape tensor : flat.tensors()) {
            tensors.put(tensor.name(), Arrays.copyOfRange(adapter, position, position + tensor.size()));
            position += tensor.size();
        }
        return adapter;
    }

    private float[] aggregate(FlatLayout flat, List<CohortMember> members) {
        List<float[]> vectors = vectors(members, base(flat), flat.elements());
        return switch (spec.getStrategy()) {
            case "coordinate-median" -> each(flat.elements(), vectors, SlowFold::median);
            case "trimmed-mean" -> each(flat.elements(), vectors, this::trimmed);
            default -> mean(flat.elements(), vectors, members);
        };
    }

    private List<float[]> vectors(List<CohortMember> members, float[] base, int elements) {
        List<float[]> vectors = new ArrayList<>();
        for (CohortMember member : members) {
            float[] values = values(uploads.get(member.getAttempt()), elements);
            for (int i = 0; member.getScale() < 1 && i < elements; i++) {
                values[i] = (float) (base[i] + member.getScale() * ((double) values[i] - base[i]));
            }
            vectors.add(values);
        }
        return vectors;
    }

    private static float[] values(Upload upload, int elements) {
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = upload.value(i);
        }
        return values;
    }

    private static float[] mean(int elements, List<float[]> vectors, List<CohortMember> members) {
        float[] mean = new float[elements];
        for (int i = 0; i < elements; i++) {
            double sum = 0;
            double weights = 0;
            for (int m = 0; m < members.size(); m++) {
                if (members.get(m).getWeight() > 0) {
                    sum += members.get(m).getWeight() * vectors.get(m)[i];
                    weights += members.get(m).getWeight();
                }
            }
            mean[i] = (float) (sum / weights);
        }
        return mean;
    }

    private interface Statistic {
        double of(double[] ascending);
    }

    private static float[] each(int elements, List<float[]> vectors, Statistic statistic) {
        float[] result = new float[elements];
        for (int i = 0; i < elements; i++) {
            int element = i;
            result[i] = (float) statistic.of(vectors.stream()
                    .mapToDouble(vector -> vector[element])
                    .sorted()
                    .toArray());
        }
        return result;
    }

    private static double median(double[] ascending) {
        int n = ascending.length;
        return n % 2 == 1 ? ascending[n / 2] : (ascending[n / 2 - 1] + ascending[n / 2]) / 2;
    }

    private double trimmed(double[] ascending) {
        int n = ascending.length;
        int left = n < 3 ? 0 : Math.max(1, (int) (spec.getFaultyShare() * n));
        return Arrays.stream(ascending, left, n - left).sum() / (n - 2 * left);
    }

    private float[] step(FlatLayout flat, float[] aggregate) {
        if (spec.getServerOptimizer().equals("none")) {
            return aggregate;
        }
        float[] base = base(flat);
        float[] first = state.computeIfAbsent("m" + flat.tensors(), key -> new float[base.length]);
        float[] second = state.computeIfAbsent("v" + flat.tensors(), key -> new float[base.length]);
        float[] next = new float[base.length];
        for (int i = 0; i < base.length; i++) {
            double delta = (double) aggregate[i] - base[i];
            if (spec.getServerOptimizer().equals("fedavgm")) {
                first[i] = (float) (spec.getServerMomentum() * first[i] + delta);
                next[i] = (float) (base[i] + spec.getServerLearningRate() * first[i]);
            } else {
                first[i] = (float) (spec.getServerMomentum() * first[i] + (1 - spec.getServerMomentum()) * delta);
                second[i] = (float)
                        (spec.getServerSecondMoment() * second[i] + (1 - spec.getServerSecondMoment()) * delta * delta);
                next[i] = (float) (base[i]
                        + spec.getServerLearningRate() * first[i] / (Math.sqrt(second[i]) + spec.getServerEpsilon()));
            }
        }
        return next;
    }

    /**
     * Which members a selecting strategy should have chosen. Sums of float64 in another order may differ in their last bits:
     * scores that are as good as equal leave the choice open.
     */
    boolean isChoice(List<CohortMember> members, float[] base) {
        int n = members.size();
        List<float[]> vectors = vectors(members, base, base.length);
        int faulty = Math.max(0, Math.min((int) (spec.getFaultyShare() * n + 1e-9), (n - 3) / 2));
        double[] scores = new double[n];
        for (int i = 0; i < n; i++) {
            int self = i;
            scores[i] = IntStream.range(0, n)
                    .filter(other -> other != self)
                    .mapToDouble(other -> squaredDistance(vectors.get(self), vectors.get(other)))
                    .sorted()
                    .limit(Math.max(1, n - faulty - 2))
                    .sum();
        }
        int chosen = spec.getStrategy().equals("krum") ? 1 : n - faulty;
        double worst = IntStream.range(0, n)
                .filter(i -> members.get(i).getWeight() > 0)
                .mapToDouble(i -> scores[i])
                .max()
                .orElseThrow();
        double bound = Arrays.stream(scores)
                .boxed()
                .sorted(Comparator.naturalOrder())
                .toList()
                .get(chosen - 1);
        long selected =
                members.stream().filter(member -> member.getWeight() > 0).count();
        return selected == chosen && worst <= bound * (1 + 1e-6) + 1e-6;
    }

    private static double squaredDistance(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += Math.pow((double) one[i] - other[i], 2);
        }
        return sum;
    }
}
