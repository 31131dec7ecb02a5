package io.rondo.trainer.nd4j;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.nd4j.engine.AdapterShape;
import io.rondo.trainer.nd4j.engine.Projection;
import io.rondo.trainer.nd4j.model.BaseModel;
import io.rondo.trainer.sdk.ModelSettings;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A base model and an adapter that this trainer can train, out of settings that may ask for others. */
record ModelChoice(BaseModel model, AdapterShape adapter) {

    /** @throws RondoException when the settings ask for what this trainer cannot do */
    static ModelChoice of(ModelSettings settings) {
        if (settings.adapter() != AdapterKind.LORA) {
            throw new RondoException(
                    ErrorCode.NOT_YET_SUPPORTED,
                    "the nd4j trainer has no adapter '" + settings.adapter().id() + "' yet",
                    "set adapter: lora");
        }
        BaseModel model = BaseModel.of(settings.model(), settings.cache());
        if (!settings.layersToTransform().isEmpty()) {
            throw new RondoException(
                    ErrorCode.NOT_YET_SUPPORTED,
                    "the nd4j trainer cannot adapt layers " + settings.layersToTransform() + " alone yet",
                    "set layers-to-transform: []");
        }
        if (settings.rank() > model.config().hidden()) {
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
                        settings.rank(), scaling, projections(settings.targetModules()), settings.numLabels()));
    }

    private static List<Projection> projections(List<String> modules) {
        if (modules.isEmpty()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG, "there are no target modules", "name some of " + allowedModules());
        }
        return modules.stream()
                .map(module -> Projection.named(module)
                        .orElseThrow(() -> new RondoException(
                                ErrorCode.BAD_CONFIG,
                                "the nd4j trainer has no adapter for module '" + module + "'",
                                "name some of " + allowedModules())))
                .toList();
    }

    private static String allowedModules() {
        return Arrays.stream(Projection.values()).map(Projection::id).collect(Collectors.joining(", "));
    }
}
