package io.rondo.trainer.sdk;

import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** Opens the trainers of another factory, each wrapped by a test. */
public record DecoratedFactory(LocalTrainerFactory factory, UnaryOperator<LocalTrainer> decoration)
        implements LocalTrainerFactory {

    @Override
    public String name() {
        return factory.name();
    }

    @Override
    public List<TensorShape> describe(ModelSettings model) {
        return factory.describe(model);
    }

    @Override
    public List<Tensor> initialValues(ModelSettings model, long seed) {
        return factory.initialValues(model, seed);
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        return decoration.apply(factory.open(settings));
    }
}
