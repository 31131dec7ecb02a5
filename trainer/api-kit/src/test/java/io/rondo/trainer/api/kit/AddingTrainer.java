package io.rondo.trainer.api.kit;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.api.TrainingReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A trainer of a few tensors of every role, which adds a number to whatever is not frozen, and remembers what it did. */
public final class AddingTrainer implements LocalTrainer {
    /** All parameters before and after each round of training, by round, and what a warm-up was told. */
    public static final class Memory {
        public final Map<Integer, Map<String, Tensor>> before = new LinkedHashMap<>();
        public final Map<Integer, Map<String, Tensor>> after = new LinkedHashMap<>();
        public final Map<Integer, Set<String>> warmedUp = new LinkedHashMap<>();
    }

    private final Map<String, Tensor> values = new LinkedHashMap<>();
    private final Memory memory;

    private AddingTrainer(List<TensorShape> layout, Memory memory) {
        layout.forEach(shape -> values.put(shape.name(), InitialValue.of(1, shape)));
        this.memory = memory;
    }

    public static List<TensorShape> layout(AdapterKind adapter) {
        boolean vera = adapter == AdapterKind.VERA;
        List<TensorShape> layout = new ArrayList<>();
        for (String module : List.of("query", "value")) {
            layout.add(
                    vera
                            ? new TensorShape(module + ".vera_lambda_d", TensorRole.VERA_LAMBDA_D, 7)
                            : new TensorShape(module + ".lora_A", TensorRole.LORA_A, 2, 5));
            layout.add(
                    vera
                            ? new TensorShape(module + ".vera_lambda_b", TensorRole.VERA_LAMBDA_B, 6)
                            : new TensorShape(module + ".lora_B", TensorRole.LORA_B, 6, 2));
        }
        layout.add(new TensorShape("classifier.weight", TensorRole.HEAD, 2, 6));
        layout.add(new TensorShape("classifier.bias", TensorRole.HEAD, 2));
        return layout;
    }

    public static LocalTrainerFactory factory(AdapterKind adapter, Memory memory) {
        return new LocalTrainerFactory() {
            @Override
            public String name() {
                return "adding";
            }

            @Override
            public List<TensorShape> describe(ModelSettings model) {
                return layout(adapter);
            }

            @Override
            public List<Tensor> initialValues(ModelSettings model, long seed) {
                return layout(adapter).stream()
                        .filter(shape -> !shape.role().isDownProjection())
                        .map(shape -> InitialValue.of(seed, shape))
                        .toList();
            }

            @Override
            public LocalTrainer open(TrainerSettings settings) {
                return new AddingTrainer(layout(adapter), memory);
            }
        };
    }

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
        memory.before.put(round, Map.copyOf(values));
        add(round, frozen);
        memory.after.put(round, Map.copyOf(values));
        return new TrainingReport(5, Map.of("loss", 1.0));
    }

    @Override
    public void warmUp(int round, Set<String> frozen) {
        memory.warmedUp.put(round, frozen);
        add(round, frozen);
    }

    private void add(int round, Set<String> frozen) {
        int place = 0;
        for (Tensor tensor : parameters()) {
            place++;
            if (!frozen.contains(tensor.name())) {
                float[] sum = tensor.values().clone();
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += round + place / 16f + i / 1024f;
                }
                values.put(tensor.name(), new Tensor(tensor.name(), tensor.shape(), sum));
            }
        }
    }

    @Override
    public Map<String, Double> evaluate() {
        return Map.of("test/loss", 1.0);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
