package io.rondo.trainer.nd4j;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.nd4j.engine.AdapterShape;
import io.rondo.trainer.nd4j.engine.TargetModule;
import io.rondo.trainer.nd4j.model.BaseModel;
import java.util.ArrayList;
import java.util.List;

/** A base model and an adapter that this trainer can train, out of settings that may ask for others. */
record ModelChoice(BaseModel model, AdapterShape adapter) {

    /** @throws RondoException when the settings ask for what this trainer cannot do */
    static ModelChoice of(ModelSettings settings) {
        BaseModel model = BaseModel.of(settings.model(), settings.cache());
        checkLayers(settings.layersToTransform(), model.config().layers());
        if (settings.adapter() != AdapterKind.VERA
                && settings.rank() > model.config().hidden()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "rank " + settings.rank() + " is more than the model's width",
                    "set a rank of at most " + model.config().hidden());
        }
        if (!(settings.alpha() > 0) || Double.isInfinite(settings.alpha())) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG, "alpha is " + settings.alpha(), "set a number above 0, often twice the rank");
        }
        float scaling = (float) settings.adapter().scaling(settings.alpha(), settings.rank());
        return new ModelChoice(
                model,
                new AdapterShape(
                        settings.adapter(),
                        settings.rank(),
                        scaling,
                        modules(settings.targetModules()),
                        settings.layersToTransform(),
                        settings.numLabels()));
    }

    private static void checkLayers(List<Integer> layers, int count) {
        for (int layer : layers) {
            if (layer < 0 || layer >= count) {
                throw new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "the model has no layer " + layer + " to transform",
                        "name layers from 0 to " + (count - 1) + ", or none for all");
            }
        }
    }

    private static List<TargetModule> modules(List<String> names) {
        if (names.isEmpty()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG, "there are no target modules", "name some of " + allowedModules());
        }
        List<TargetModule> modules = new ArrayList<>();
        for (String name : names) {
            List<TargetModule> named = TargetModule.named(name);
            if (named.isEmpty()) {
                throw new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "the nd4j trainer has no adapter for module '" + name + "'",
                        "name some of " + allowedModules());
            }
            modules.addAll(named);
        }
        return modules;
    }

    private static String allowedModules() {
        return String.join(", ", TargetModule.names());
    }
}
