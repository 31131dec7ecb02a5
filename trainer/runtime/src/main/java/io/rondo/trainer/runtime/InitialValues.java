package io.rondo.trainer.runtime;

import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The values that round 0 publishes, from which all trainers start. */
public final class InitialValues {
    private InitialValues() {}

    /**
     * Values of the tensors that round 0 shares, by name: those from the trainer plug-in; down projections that it does not
     * provide come from the job's generator.
     */
    public static Map<String, Tensor> of(FederatedJob job, LocalTrainerFactory engine, Path modelCache) {
        return of(job, engine, job.model(modelCache));
    }

    /** The same of a model that is somewhere else. */
    public static Map<String, Tensor> of(FederatedJob job, LocalTrainerFactory engine, ModelSettings model) {
        long seed = job.spec().getSeed();
        List<TensorShape> shared = job.flat(0).tensors();
        Map<String, Tensor> values = new HashMap<>();
        for (TensorShape shape : shared) {
            if (shape.role().isDownProjection()) {
                values.put(shape.name(), InitialValue.of(seed, shape));
            }
        }
        Set<String> names = shared.stream().map(TensorShape::name).collect(Collectors.toSet());
        engine.initialValues(model, seed).stream()
                .filter(tensor -> names.contains(tensor.name()))
                .forEach(tensor -> values.put(tensor.name(), tensor));
        return values;
    }
}
