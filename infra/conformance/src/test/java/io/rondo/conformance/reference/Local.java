package io.rondo.conformance.reference;

import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.adapter.Sharing;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Values that are trained without a model: each step moves them by an amount that depends on all others, the seed and the round. */
final class Local {
    private final Map<String, Tensor> values = new LinkedHashMap<>();
    private final AdapterLayout layout;
    private final SharingPolicy policy;
    private final JobSpec spec;

    Local(AdapterLayout layout, JobSpec spec) {
        this.layout = layout;
        this.policy = SharingPolicy.of(spec);
        this.spec = spec;
        layout.tensors().forEach(tensor -> values.put(tensor.name(), InitialValue.of(spec.getSeed(), tensor)));
    }

    Map<String, Tensor> values() {
        return values;
    }

    void load(Tensor tensor) {
        values.put(
                tensor.name(),
                new Tensor(tensor.name(), tensor.shape(), tensor.values().clone()));
    }

    void train(int round, long chance) {
        SplittableRandom random = new SplittableRandom(spec.getSeed() * 31 + round + chance);
        for (int step = 0; step < spec.getLocalSteps(); step++) {
            double context = values.values().stream().mapToDouble(Local::mean).sum();
            for (TensorShape tensor : layout.tensors()) {
                if (policy.of(tensor.role(), round) == Sharing.FROZEN) {
                    continue;
                }
                float[] array = values.get(tensor.name()).values();
                for (int i = 0; i < array.length; i++) {
                    double gradient = Math.sin(i + 100 * context) * random.nextDouble(0.5, 1);
                    array[i] = (float) (array[i] - spec.getLearningRate() * gradient);
                }
            }
        }
    }

    private static double mean(Tensor tensor) {
        double sum = 0;
        for (float value : tensor.values()) {
            sum += value;
        }
        return sum / tensor.size();
    }
}
