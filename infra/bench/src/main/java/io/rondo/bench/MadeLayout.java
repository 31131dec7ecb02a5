package io.rondo.bench;

import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.TrainerSettings;
import java.util.List;

/** Describes an adapter without a model: one lora_A of the size asked for, which is shared in every round. */
final class MadeLayout implements LocalTrainerFactory {
    private final BenchSettings settings;

    MadeLayout(BenchSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "bench";
    }

    @Override
    public List<TensorShape> describe(ModelSettings model) {
        return List.of(new TensorShape("bench.lora_A.weight", TensorRole.LORA_A, settings.rows(), settings.columns()));
    }

    @Override
    public List<Tensor> initialValues(ModelSettings model, long seed) {
        return List.of();
    }

    @Override
    public LocalTrainer open(TrainerSettings trainer) {
        throw new UnsupportedOperationException("a layout without a model trains nothing");
    }
}
