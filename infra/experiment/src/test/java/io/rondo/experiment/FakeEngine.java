package io.rondo.experiment;

import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.data.ExampleFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Trainers without a model: each step adds the site's number of examples times the learning rate to what is trained. */
final class FakeEngine implements LocalTrainerFactory {
    static final TensorShape A = new TensorShape(
            "base_model.model.encoder.layer.0.attention.self.query.lora_A.weight", TensorRole.LORA_A, 1, 2);
    static final TensorShape B = new TensorShape(
            "base_model.model.encoder.layer.0.attention.self.query.lora_B.weight", TensorRole.LORA_B, 2, 1);
    static final TensorShape HEAD = new TensorShape("base_model.model.classifier.weight", TensorRole.HEAD, 2, 2);

    final AtomicInteger opened = new AtomicInteger();
    /** Local steps of each trainer that was opened. */
    final Queue<Integer> localSteps = new ConcurrentLinkedQueue<>();

    final AtomicInteger closed = new AtomicInteger();

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public List<TensorShape> describe(ModelSettings model) {
        return List.of(A, B, HEAD);
    }

    @Override
    public List<Tensor> initialValues(ModelSettings model, long seed) {
        return List.of(zeros(B), zeros(HEAD));
    }

    private static Tensor zeros(TensorShape shape) {
        return new Tensor(shape.name(), shape.shape(), new float[shape.size()]);
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        opened.incrementAndGet();
        localSteps.add(settings.steps().localSteps());
        int examples = ExampleFile.read(settings.files().train()).size();
        Map<String, Tensor> values = new LinkedHashMap<>();
        describe(settings.model()).forEach(shape -> values.put(shape.name(), zeros(shape)));
        return new LocalTrainer() {
            @Override
            public List<Tensor> parameters() {
                return List.copyOf(values.values());
            }

            @Override
            public void load(List<Tensor> tensors) {
                tensors.forEach(tensor -> values.put(tensor.name(), tensor));
            }

            @Override
            public TrainingReport train(int round, Set<String> frozen) {
                for (Tensor tensor : new ArrayList<>(values.values())) {
                    if (!frozen.contains(tensor.name())) {
                        float[] moved = tensor.values().clone();
                        for (int i = 0; i < moved.length; i++) {
                            moved[i] += (float) (settings.optimizer().learningRate() * examples);
                        }
                        values.put(tensor.name(), new Tensor(tensor.name(), tensor.shape(), moved));
                    }
                }
                return new TrainingReport(examples, Map.of("loss", 1.0 / round));
            }

            /** The validation split likes a rate of 0.2, the test split grows with it; the loss tells the values. */
            @Override
            public Map<String, Double> evaluate() {
                return Map.of(
                        "test/loss",
                        (double) values.get(A.name()).values()[0]
                                + values.get(B.name()).values()[0],
                        MetricNames.TEST,
                        settings.optimizer().learningRate(),
                        MetricNames.VALIDATION,
                        1 - Math.abs(settings.optimizer().learningRate() - 0.2),
                        MetricNames.POOLED,
                        0.5);
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }
}
