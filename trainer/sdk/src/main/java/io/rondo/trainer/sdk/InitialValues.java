package io.rondo.trainer.sdk;

import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What round 0 publishes: what all trainers start from. */
public final class InitialValues {
    private InitialValues() {}

    /**
     * Values of the tensors that round 0 shares, by name: down projections from the job's generator, whatever else is
     * shared from the trainer plug-in.
     */
    public static Map<String, Tensor> of(FederatedJob job, LocalTrainerFactory engine, Path modelCache) {
        long seed = job.spec().getSeed();
        List<TensorShape> shared = job.flat(0).tensors();
        Map<String, Tensor> values = new HashMap<>();
        for (TensorShape shape : shared) {
            if (shape.role().isDownProjection()) {
                values.put(shape.name(), InitialValue.of(seed, shape));
            }
        }
        if (values.size() < shared.size()) {
            engine.initialValues(job.model(modelCache), seed)
                    .forEach(tensor -> values.putIfAbsent(tensor.name(), tensor));
        }
        return values;
    }
}
