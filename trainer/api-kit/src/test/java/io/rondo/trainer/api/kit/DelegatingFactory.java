package io.rondo.trainer.api.kit;

import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.BaseDirectory;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.TrainerSettings;
import java.util.List;
import java.util.Optional;

/** Another factory, of which a test overrides what it needs. */
public class DelegatingFactory implements LocalTrainerFactory {
    private final LocalTrainerFactory factory;

    public DelegatingFactory(LocalTrainerFactory factory) {
        this.factory = factory;
    }

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
    public String modelDigest(ModelSettings model) {
        return factory.modelDigest(model);
    }

    @Override
    public Optional<BaseDirectory> baseDirectory(ModelSettings model) {
        return factory.baseDirectory(model);
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        return factory.open(settings);
    }
}
