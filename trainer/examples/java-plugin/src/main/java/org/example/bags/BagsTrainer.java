package org.example.bags;

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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** logits = C·(W + s·B·A)·x, with W frozen; plain SGD in plain loops. */
final class BagsTrainer implements LocalTrainer {
    private static final int IN = BagsFactory.IN;
    private static final int OUT = BagsFactory.OUT;

    private final TrainerSettings settings;
    private final int rank;
    private final double scaling;
    /** In the order of the layout. */
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();

    private final double[][] frozen = new double[OUT][IN];
    private final List<Bag> train;
    private final List<Bag> test;
    private final Optional<List<Bag>> pooled;

    /** A text's words, counted by their hashes and scaled to length 1, and its class. */
    private static final class Bag {
        private final double[] words = new double[IN];
        private final int label;

        Bag(String text, int label) {
            this.label = label;
            for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
                words[Math.floorMod(word.hashCode() * 31, IN)] += 1;
            }
            double length = Math.sqrt(Arrays.stream(words).map(x -> x * x).sum());
            Arrays.setAll(words, i -> words[i] / length);
        }
    }

    BagsTrainer(TrainerSettings settings, List<Tensor> start) {
        this.settings = settings;
        ModelSettings model = settings.model();
        this.rank = model.rank();
        this.scaling = model.adapter().scaling(model.alpha(), rank);
        start.forEach(this::put);
        SplittableRandom random = new SplittableRandom(7);
        for (double[] row : frozen) {
            Arrays.setAll(row, i -> random.nextDouble(-0.3, 0.3));
        }
        this.train = read(settings.files().train());
        this.test = read(settings.files().test());
        this.pooled = settings.files().pooledTest().map(this::read);
    }

    private List<Bag> read(Path file) {
        return ExampleFile.read(file).stream().map(this::bag).toList();
    }

    private Bag bag(Example example) {
        int label = settings.labels().indexOf(example.label());
        if (label < 0) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    "label '" + example.label() + "' is none of " + settings.labels(),
                    "correct the label, or submit a job with all labels");
        }
        return new Bag(example.text() + " " + example.textPair().orElse(""), label);
    }

    @Override
    public List<Tensor> parameters() {
        return parameters.values().stream()
                .map(each -> new Tensor(each.name(), each.shape(), each.values().clone()))
                .toList();
    }

    @Override
    public void load(List<Tensor> values) {
        for (Tensor value : values) {
            Tensor known = parameters.get(value.name());
            if (known == null || !Arrays.equals(known.shape(), value.shape())) {
                throw new IllegalArgumentException("no parameter is " + value);
            }
        }
        values.forEach(this::put);
    }

    private void put(Tensor value) {
        parameters.put(
                value.name(),
                new Tensor(value.name(), value.shape(), value.values().clone()));
    }

    @Override
    public TrainingReport train(int round, Set<String> keep) {
        int steps = settings.steps().localSteps();
        int batch = settings.steps().batchSize();
        int[] order = order(round);
        double loss = 0;
        for (int step = 0; step < steps; step++) {
            Map<String, double[]> gradients = new LinkedHashMap<>();
            parameters.forEach((name, value) -> gradients.put(name, new double[value.values().length]));
            for (int i = 0; i < batch; i++) {
                loss += backward(train.get(order[(step * batch + i) % order.length]), gradients);
            }
            gradients.keySet().removeAll(keep);
            gradients.forEach((name, gradient) -> descend(parameters.get(name).values(), gradient, batch));
        }
        return new TrainingReport(Math.min(train.size(), steps * batch), Map.of("loss", loss / (steps * batch)));
    }

    /** The same order from the same seed, trainer and round. */
    private int[] order(int round) {
        SplittableRandom random = new SplittableRandom(
                settings.seed() * 1_000_003 + settings.trainerId().hashCode() * 31L + round);
        int[] order = new int[train.size()];
        for (int i = 0; i < order.length; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private void descend(float[] values, double[] gradient, int batch) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] - settings.optimizer().learningRate() / batch * gradient[i]);
        }
    }

    /** Adds the gradients of one text, and returns its loss. */
    private double backward(Bag bag, Map<String, double[]> gradients) {
        double[] down = down(bag);
        double[] hidden = hidden(bag, down);
        double[] error = probabilities(hidden);
        double loss = -Math.log(Math.max(error[bag.label], 1e-12));
        error[bag.label] -= 1;
        float[] head = values(BagsFactory.HEAD);
        float[] b = values(BagsFactory.B);
        double[] back = new double[rank];
        for (int o = 0; o < OUT; o++) {
            double delta = 0;
            for (int label = 0; label < error.length; label++) {
                gradients.get(BagsFactory.HEAD)[label * OUT + o] += error[label] * hidden[o];
                delta += error[label] * head[label * OUT + o];
            }
            for (int r = 0; r < rank; r++) {
                gradients.get(BagsFactory.B)[o * rank + r] += scaling * delta * down[r];
                back[r] += scaling * delta * b[o * rank + r];
            }
        }
        for (int r = 0; r < rank; r++) {
            for (int i = 0; i < IN; i++) {
                gradients.get(BagsFactory.A)[r * IN + i] += back[r] * bag.words[i];
            }
        }
        return loss;
    }

    private double[] down(Bag bag) {
        float[] a = values(BagsFactory.A);
        double[] down = new double[rank];
        for (int r = 0; r < rank; r++) {
            for (int i = 0; i < IN; i++) {
                down[r] += a[r * IN + i] * bag.words[i];
            }
        }
        return down;
    }

    private double[] hidden(Bag bag, double[] down) {
        float[] b = values(BagsFactory.B);
        double[] hidden = new double[OUT];
        for (int o = 0; o < OUT; o++) {
            for (int i = 0; i < IN; i++) {
                hidden[o] += frozen[o][i] * bag.words[i];
            }
            for (int r = 0; r < rank; r++) {
                hidden[o] += scaling * b[o * rank + r] * down[r];
            }
        }
        return hidden;
    }

    private double[] probabilities(double[] hidden) {
        float[] head = values(BagsFactory.HEAD);
        double[] logits = new double[head.length / OUT];
        for (int label = 0; label < logits.length; label++) {
            for (int o = 0; o < OUT; o++) {
                logits[label] += head[label * OUT + o] * hidden[o];
            }
        }
        double max = Arrays.stream(logits).max().orElseThrow();
        double sum = Arrays.stream(logits).map(logit -> Math.exp(logit - max)).sum();
        return Arrays.stream(logits).map(logit -> Math.exp(logit - max) / sum).toArray();
    }

    private float[] values(String name) {
        return parameters.get(name).values();
    }

    @Override
    public Map<String, Double> evaluate() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        measure("test", test, metrics);
        pooled.ifPresent(bags -> measure("pooled", bags, metrics));
        return metrics;
    }

    private void measure(String split, List<Bag> bags, Map<String, Double> metrics) {
        double loss = 0;
        int right = 0;
        for (Bag bag : bags) {
            double[] shares = probabilities(hidden(bag, down(bag)));
            loss -= Math.log(Math.max(shares[bag.label], 1e-12));
            right += shares[bag.label] == Arrays.stream(shares).max().orElseThrow() ? 1 : 0;
        }
        metrics.put(split + "/loss", loss / bags.size());
        metrics.put(split + "/accuracy", (double) right / bags.size());
    }

    @Override
    public void close() {
        // nothing is held
    }
}
