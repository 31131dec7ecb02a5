package io.rondo.trainer.nd4j;

import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.Head;
import io.rondo.trainer.nd4j.engine.Optimizer;
import io.rondo.trainer.nd4j.text.LabelledTexts;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A head trained alone on a frozen encoder. Each example goes through the encoder once, when it is first trained on: its
 * features never change.
 */
final class HeadOnlyTraining {
    private final Engine engine;
    private final LabelledTexts train;
    private final TrainerSettings settings;
    private final float[][] features;
    private final float[] weights;
    private final Head head;

    /** @param engine with the base model's features and an untrained head */
    HeadOnlyTraining(Engine engine, LabelledTexts train, TrainerSettings settings) {
        this.engine = engine;
        this.train = train;
        this.settings = settings;
        this.features = new float[train.size()][];
        this.weights = engine.headWeights();
        this.head = engine.head(weights);
    }

    /** Takes the steps of one round, with a fresh optimizer. */
    void train(int round, int[] order) {
        computeFeatures(order);
        int batchSize = settings.steps().batchSize();
        long steps = order.length / batchSize;
        Optimizer optimizer = Optimizers.of(settings.optimizer(), weights.length);
        List<Optimizer.Range> all = List.of(new Optimizer.Range(0, weights.length));
        float[] gradient = new float[weights.length];
        float[] unused = new float[engine.config().hidden()];
        for (int step = 0; step < steps; step++) {
            Arrays.fill(gradient, 0);
            for (int i = step * batchSize; i < (step + 1) * batchSize; i++) {
                head.backward(features[order[i]], train.label(order[i]), 1.0 / batchSize, gradient, unused);
            }
            double learningRate =
                    settings.optimizer().learningRate((round - 1) * steps + step, settings.totalRounds() * steps);
            optimizer.step(weights, gradient, all, learningRate);
        }
    }

    private void computeFeatures(int[] order) {
        int[] missing = IntStream.of(order)
                .distinct()
                .filter(index -> features[index] == null)
                .toArray();
        float[][] computed = engine.features(train.tokens(missing));
        for (int i = 0; i < missing.length; i++) {
            features[missing[i]] = computed[i];
        }
    }

    double accuracy(LabelledTexts texts) {
        return Score.of(head, engine.features(texts.tokens()), texts).accuracy();
    }
}
