package org.example.bags;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.TrainerSettings;
import java.util.List;

/** Opens trainers of one frozen layer over a bag of hashed words, adapted by LoRA, with a linear head. */
public final class BagsFactory implements LocalTrainerFactory {
    static final int IN = 256;
    static final int OUT = 32;
    static final String A = "base_model.model.dense.lora_A.weight";
    static final String B = "base_model.model.dense.lora_B.weight";
    static final String HEAD = "base_model.model.classifier.weight";

    @Override
    public String name() {
        return "bags";
    }

    @Override
    public List<TensorShape> describe(ModelSettings model) {
        if (model.adapter() == AdapterKind.VERA || !model.targetModules().equals(List.of("dense"))) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "bags has no " + model.adapter() + " on " + model.targetModules(),
                    "set adapter: lora and target-modules: [dense]");
        }
        return List.of(
                new TensorShape(A, TensorRole.LORA_A, model.rank(), IN),
                new TensorShape(B, TensorRole.LORA_B, OUT, model.rank()),
                new TensorShape(HEAD, TensorRole.HEAD, model.numLabels(), OUT));
    }

    @Override
    public List<Tensor> initialValues(ModelSettings model, long seed) {
        return describe(model).stream()
                .filter(shape -> shape.role() != TensorRole.LORA_A)
                .map(shape -> InitialValue.of(seed, shape))
                .toList();
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        List<Tensor> start = describe(settings.model()).stream()
                .map(shape -> InitialValue.of(settings.seed(), shape))
                .toList();
        return new BagsTrainer(settings, start);
    }
}
