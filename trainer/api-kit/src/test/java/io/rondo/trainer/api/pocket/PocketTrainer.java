package io.rondo.trainer.api.pocket;

import io.rondo.schemas.adapter.Generator;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Logistic regression on a bag of hashed words behind one adapted layer: h = Σ (W + s·B·A)·x over the target modules,
 * logits = C·h + b, with W frozen. Plain SGD, plain loops.
 */
final class PocketTrainer implements LocalTrainer {
    static final String WEIGHT = "classifier.weight";
    static final String BIAS = "classifier.bias";

    private static final int IN = PocketTrainerFactory.IN;
    private static final int OUT = PocketTrainerFactory.OUT;
    private static final long FROZEN_SEED = 7;

    private final TrainerSettings settings;
    private final Map<String, float[]> values = new LinkedHashMap<>();
    private final Map<String, int[]> shapes = new LinkedHashMap<>();
    private final List<Tensor> initial;
    private final Map<String, float[]> frozenWeights = new LinkedHashMap<>();
    private final List<Row> train;
    private final List<Row> test;
    private final Optional<List<Row>> pooled;
    private final double scaling;
    private final int rank;

    private static final class Row {
        private final double[] features;
        private final int label;

        Row(double[] features, int label) {
            this.features = features;
            this.label = label;
        }
    }

    PocketTrainer(TrainerSettings settings, List<Tensor> initial) {
        this.settings = settings;
        this.initial = initial;
        ModelSettings model = settings.model();
        this.scaling = model.adapter().scaling(model.alpha(), model.rank());
        this.rank = model.rank();
        for (Tensor tensor : initial) {
            values.put(tensor.name(), tensor.values().clone());
            shapes.put(tensor.name(), tensor.shape());
        }
        for (String module : model.targetModules()) {
            float[] weights = new float[OUT * IN];
            Generator.uniform(FROZEN_SEED, "pocket." + module, 0.3, weights);
            frozenWeights.put(module, weights);
        }
        this.train = rows(settings.files().train());
        this.test = rows(settings.files().test());
        this.pooled = settings.files().pooledTest().map(this::rows);
    }

    private List<Row> rows(Path file) {
        return ExampleFile.read(file).stream().map(this::row).toList();
    }

    private Row row(Example example) {
        int label = settings.labels().indexOf(example.label());
        if (label < 0) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    "label '" + example.label() + "' is none of " + settings.labels(),
                    "check the labels of the job");
        }
        double[] features = new double[IN];
        String text = example.text() + " " + example.textPair().orElse("");
        for (String word : text.toLowerCase(Locale.ROOT).trim().split("\\s+", -1)) {
            features[Math.floorMod(word.hashCode() * 31, IN)] += 1;
        }
        double norm = Math.sqrt(Arrays.stream(features).map(x -> x * x).sum());
        for (int i = 0; i < IN; i++) {
            features[i] /= norm;
        }
        return new Row(features, label);
    }

    @Override
    public List<Tensor> parameters() {
        List<Tensor> tensors = new ArrayList<>();
        values.forEach((name, array) -> tensors.add(new Tensor(name, shapes.get(name), array.clone())));
        return tensors;
    }

    @Override
    public void load(List<Tensor> tensors) {
        for (Tensor tensor : tensors) {
            if (!Arrays.equals(tensor.shape(), shapes.get(tensor.name()))) {
                throw new IllegalArgumentException("no parameter is " + tensor);
            }
        }
        tensors.forEach(tensor -> values.put(tensor.name(), tensor.values().clone()));
    }

    @Override
    public TrainingReport train(int round, Set<String> frozen) {
        SplittableRandom random = new SplittableRandom(
                settings.seed() * 1_000_003 + settings.trainerId().hashCode() * 31L + round);
        int[] order = order(random);
        int places = settings.steps().localSteps() * settings.steps().batchSize();
        double loss = 0;
        for (int step = 0; step < settings.steps().localSteps(); step++) {
            Map<String, double[]> gradients = new LinkedHashMap<>();
            values.forEach((name, array) -> gradients.put(name, new double[array.length]));
            for (int i = 0; i < settings.steps().batchSize(); i++) {
                loss += backward(train.get(order[(step * settings.steps().batchSize() + i) % order.length]), gradients);
            }
            gradients.keySet().removeAll(frozen);
            gradients.forEach(this::step);
        }
        return new TrainingReport(Math.min(train.size(), places), Map.of("loss", loss / places));
    }

    /** The rows of a round: all of them, shuffled, over and over. */
    private int[] order(SplittableRandom random) {
        int[] order = new int[train.size()];
        for (int i = 0; i < order.length; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private void step(String name, double[] gradient) {
        float[] array = values.get(name);
        for (int i = 0; i < array.length; i++) {
            array[i] = (float) (array[i]
                    - settings.optimizer().learningRate() / settings.steps().batchSize() * gradient[i]);
        }
    }

    /** Adds a row's gradients, and returns its loss. */
    private double backward(Row row, Map<String, double[]> gradients) {
        double[] hidden = hidden(row.features);
        double[] delta = probabilities(hidden);
        double loss = -Math.log(Math.max(delta[row.label], 1e-12));
        delta[row.label] -= 1;
        float[] head = values.get(WEIGHT);
        double[] hiddenDelta = new double[OUT];
        for (int label = 0; label < delta.length; label++) {
            gradients.get(BIAS)[label] += delta[label];
            for (int o = 0; o < OUT; o++) {
                gradients.get(WEIGHT)[label * OUT + o] += delta[label] * hidden[o];
                hiddenDelta[o] += delta[label] * head[label * OUT + o];
            }
        }
        for (String module : frozenWeights.keySet()) {
            backwardAdapter(module, row.features, hiddenDelta, gradients);
        }
        return loss;
    }

    private void backwardAdapter(
            String module, double[] features, double[] hiddenDelta, Map<String, double[]> gradients) {
        float[] b = values.get(PocketTrainerFactory.nameOfB(module));
        double[] gradientA = gradients.get(PocketTrainerFactory.nameOfA(module));
        double[] gradientB = gradients.get(PocketTrainerFactory.nameOfB(module));
        double[] projected = project(module, features);
        for (int r = 0; r < rank; r++) {
            double back = 0;
            for (int o = 0; o < OUT; o++) {
                gradientB[o * rank + r] += scaling * hiddenDelta[o] * projected[r];
                back += scaling * hiddenDelta[o] * b[o * rank + r];
            }
            for (int i = 0; i < IN; i++) {
                gradientA[r * IN + i] += back * features[i];
            }
        }
    }

    private double[] project(String module, double[] features) {
        float[] a = values.get(PocketTrainerFactory.nameOfA(module));
        double[] projected = new double[rank];
        for (int r = 0; r < rank; r++) {
            for (int i = 0; i < IN; i++) {
                projected[r] += a[r * IN + i] * features[i];
            }
        }
        return projected;
    }

    private double[] hidden(double[] features) {
        double[] hidden = new double[OUT];
        frozenWeights.forEach((module, weights) -> {
            float[] b = values.get(PocketTrainerFactory.nameOfB(module));
            double[] projected = project(module, features);
            for (int o = 0; o < OUT; o++) {
                for (int i = 0; i < IN; i++) {
                    hidden[o] += weights[o * IN + i] * features[i];
                }
                for (int r = 0; r < rank; r++) {
                    hidden[o] += scaling * b[o * rank + r] * projected[r];
                }
            }
        });
        return hidden;
    }

    private double[] probabilities(double[] hidden) {
        float[] head = values.get(WEIGHT);
        float[] bias = values.get(BIAS);
        double[] logits = new double[bias.length];
        for (int label = 0; label < logits.length; label++) {
            logits[label] = bias[label];
            for (int o = 0; o < OUT; o++) {
                logits[label] += head[label * OUT + o] * hidden[o];
            }
        }
        double max = Arrays.stream(logits).max().orElseThrow();
        double sum = Arrays.stream(logits).map(logit -> Math.exp(logit - max)).sum();
        return Arrays.stream(logits).map(logit -> Math.exp(logit - max) / sum).toArray();
    }

    @Override
    public Map<String, Double> evaluate() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        measure("test", test, metrics);
        pooled.ifPresent(rows -> measure("pooled", rows, metrics));
        return metrics;
    }

    private void measure(String split, List<Row> rows, Map<String, Double> metrics) {
        double loss = 0;
        int right = 0;
        for (Row row : rows) {
            double[] probabilities = probabilities(hidden(row.features));
            loss -= Math.log(Math.max(probabilities[row.label], 1e-12));
            double best = Arrays.stream(probabilities).max().orElseThrow();
            right += probabilities[row.label] == best ? 1 : 0;
        }
        metrics.put(split + "/loss", loss / rows.size());
        metrics.put(split + "/accuracy", (double) right / rows.size());
    }

    @Override
    public Map<String, Double> headOnlyBaseline() {
        if (!settings.headOnlyBaseline()) {
            return Map.of();
        }
        PocketTrainer baseline = new PocketTrainer(settings, initial);
        Set<String> adapters = new java.util.HashSet<>(values.keySet());
        adapters.removeAll(Set.of(WEIGHT, BIAS));
        for (int round = 1; round <= settings.totalRounds(); round++) {
            baseline.train(round, adapters);
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        baseline.evaluate().forEach((name, value) -> metrics.put("head-only/" + name, value));
        return metrics;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
