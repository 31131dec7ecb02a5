package io.rondo.trainer.api.pocket;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.Generator;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.TrainerSettings;
import java.util.ArrayList;
import java.util.List;

/** Opens {@link PocketTrainer}s, under the name {@code pocket}. */
public final class PocketTrainerFactory implements LocalTrainerFactory {
    static final int IN = 32;
    static final int OUT = 16;

    @Override
    public String name() {
        return "pocket";
    }

    @Override
    public List<TensorShape> describe(ModelSettings model) {
        if (model.adapter() == AdapterKind.VERA) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED, "the pocket trainer has no adapter 'vera'", "use lora or rslora");
        }
        List<TensorShape> layout = new ArrayList<>();
        for (String module : model.targetModules()) {
            layout.add(new TensorShape(nameOfA(module), TensorRole.LORA_A, model.rank(), IN));
            layout.add(new TensorShape(nameOfB(module), TensorRole.LORA_B, OUT, model.rank()));
        }
        layout.add(new TensorShape(PocketTrainer.WEIGHT, TensorRole.HEAD, model.numLabels(), OUT));
        layout.add(new TensorShape(PocketTrainer.BIAS, TensorRole.HEAD, model.numLabels()));
        return layout;
    }

    @Override
    public List<Tensor> initialValues(ModelSettings model, long seed) {
        return describe(model).stream()
                .filter(shape -> shape.role() != TensorRole.LORA_A)
                .map(shape -> initial(shape, seed))
                .toList();
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        List<Tensor> initial = describe(settings.model()).stream()
                .map(shape -> initial(shape, settings.seed()))
                .toList();
        return new PocketTrainer(settings, initial);
    }

    static String nameOfA(String module) {
        return "pocket." + module + ".lora_A.weight";
    }

    static String nameOfB(String module) {
        return "pocket." + module + ".lora_B.weight";
    }

    private static Tensor initial(TensorShape shape, long seed) {
        if (shape.role() == TensorRole.LORA_A) {
            return Generator.loraA(seed, shape);
        }
        float[] values = new float[shape.size()];
        if (shape.role() == TensorRole.HEAD) {
            Generator.uniform(seed, shape.name(), 0.5, values);
        }
        return new Tensor(shape.name(), shape.shape(), values);
    }
}
