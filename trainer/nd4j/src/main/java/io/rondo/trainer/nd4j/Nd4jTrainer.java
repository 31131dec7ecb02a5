package io.rondo.trainer.nd4j;

import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.nd4j.engine.Dropout;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.Optimizer;
import io.rondo.trainer.nd4j.engine.TokenIds;
import io.rondo.trainer.nd4j.text.LabelledTexts;
import io.rondo.trainer.nd4j.text.TextTokenizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One site's model and data. */
final class Nd4jTrainer implements LocalTrainer {
    private final TrainerSettings settings;
    private final Engine engine;
    private final TextTokenizer tokenizer;
    private final LabelledTexts train;
    private final LabelledTexts test;
    private final Optional<LabelledTexts> pooled;
    private final Optional<LabelledTexts> validation;

    Nd4jTrainer(
            TrainerSettings settings,
            Engine engine,
            TextTokenizer tokenizer,
            LabelledTexts train,
            LabelledTexts test,
            Optional<LabelledTexts> pooled,
            Optional<LabelledTexts> validation) {
        this.settings = settings;
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.train = train;
        this.test = test;
        this.pooled = pooled;
        this.validation = validation;
    }

    @Override
    public List<Tensor> parameters() {
        return engine.parameters();
    }

    @Override
    public void load(List<Tensor> values) {
        engine.load(values);
    }

    /** The weight of the round is the number of different examples that it trained on. */
    @Override
    public TrainingReport train(int round, Set<String> frozen) {
        int steps = settings.steps().localSteps();
        double loss = takeSteps(round, round, steps, frozen);
        long distinct = Math.min((long) steps * settings.steps().batchSize(), train.size());
        return new TrainingReport(distinct, Map.of("loss", loss));
    }

    @Override
    public void warmUp(int round, Set<String> frozen) {
        int steps = settings.steps().localWarmUpSteps();
        if (steps > 0) {
            // the negative number keeps its examples apart from those of the round
            takeSteps(-round, round, steps, frozen);
        }
    }

    /**
     * Steps of a fresh optimizer.
     *
     * @param drawn number that decides, with seed and trainer, what is drawn
     * @param round the round, whose first step has its place in the schedule of the learning rate
     * @return the mean loss
     */
    private double takeSteps(int drawn, int round, int steps, Set<String> frozen) {
        int batchSize = settings.steps().batchSize();
        int[] order = order(drawn, steps);
        Optimizer optimizer = Optimizers.of(settings.optimizer(), engine.size());
        double loss = 0;
        for (int step = 0; step < steps; step++) {
            int[] batch = Arrays.copyOfRange(order, step * batchSize, (step + 1) * batchSize);
            loss += engine.step(
                    train.tokens(batch),
                    train.labels(batch),
                    dropout(drawn, step),
                    frozen,
                    optimizer,
                    learningRate(round, step));
        }
        return loss / steps;
    }

    private Optional<Dropout> dropout(int drawn, int step) {
        double probability = settings.steps().dropout();
        return probability == 0
                ? Optional.empty()
                : Optional.of(
                        new Dropout(probability, DropoutKey.of(settings.seed(), settings.trainerId(), drawn, step)));
    }

    private double learningRate(int round, int step) {
        long stepsOfARound = settings.steps().localSteps();
        return settings.optimizer()
                .learningRate((round - 1) * stepsOfARound + step, settings.totalRounds() * stepsOfARound);
    }

    private int[] order(int drawn, int steps) {
        return TrainingOrder.of(
                settings.seed(),
                settings.trainerId(),
                drawn,
                train.size(),
                Math.multiplyExact(steps, settings.steps().batchSize()));
    }

    @Override
    public Map<String, Double> evaluate() {
        Map<String, LabelledTexts> splits = new LinkedHashMap<>();
        splits.put("test", test);
        pooled.ifPresent(texts -> splits.put("pooled", texts));
        validation.ifPresent(texts -> splits.put("validation", texts));
        List<TokenIds> all = splits.values().stream()
                .flatMap(texts -> texts.tokens().stream())
                .toList();
        // in one go, since a site's own texts are among the pooled ones
        float[][] features = engine.features(all);
        Map<String, Double> measures = new LinkedHashMap<>();
        int from = 0;
        for (Map.Entry<String, LabelledTexts> split : splits.entrySet()) {
            int to = from + split.getValue().size();
            measure(split.getKey(), Arrays.copyOfRange(features, from, to), split.getValue(), measures);
            from = to;
        }
        return measures;
    }

    private void measure(String split, float[][] features, LabelledTexts texts, Map<String, Double> measures) {
        Score score = Score.of(engine.head(), features, texts);
        measures.put(split + "/loss", score.loss());
        measures.put(split + "/accuracy", score.accuracy());
        Score.ofDevSets(engine.head(), features, texts)
                .forEach((set, own) -> measures.put(split + "/accuracy-" + set.id(), own.accuracy()));
    }

    /** Trains a head from the same start, on the same examples in the same order, by the same optimizer. */
    @Override
    public Map<String, Double> headOnlyBaseline() {
        if (!settings.headOnlyBaseline()) {
            return Map.of();
        }
        List<Tensor> trained = engine.parameters();
        try {
            // With B = 0 the adapters add nothing: these are the features of the base model.
            engine.load(new Nd4jTrainerFactory().initialValues(settings.model(), settings.seed()));
            return measureHeadOnly();
        } finally {
            engine.load(trained);
        }
    }

    private Map<String, Double> measureHeadOnly() {
        HeadOnlyTraining baseline = new HeadOnlyTraining(engine, train, settings);
        for (int round = 1; round <= settings.totalRounds(); round++) {
            baseline.train(round, order(round, settings.steps().localSteps()));
        }
        Map<String, Double> measures = new LinkedHashMap<>();
        measures.put("head-only/test/accuracy", baseline.accuracy(test));
        pooled.ifPresent(texts -> measures.put("head-only/pooled/accuracy", baseline.accuracy(texts)));
        return measures;
    }

    @Override
    public void close() {
        engine.close();
        tokenizer.close();
    }
}
