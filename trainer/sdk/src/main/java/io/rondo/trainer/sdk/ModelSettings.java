package io.rondo.trainer.sdk;

import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterKind;
import java.nio.file.Path;
import java.util.List;

/**
 * A base model and the adapter on it.
 *
 * @param model the name of a built-in model, or a Hugging Face directory
 * @param cache where converted built-in models are kept
 * @param adapter the adapter variant
 * @param rank rank of the adapter
 * @param alpha LoRA's alpha
 * @param targetModules the adapted modules by PEFT's names, such as {@code query}
 * @param numLabels outputs of the classification head
 */
public record ModelSettings(
        String model,
        Path cache,
        AdapterKind adapter,
        int rank,
        double alpha,
        List<String> targetModules,
        int numLabels) {
    public ModelSettings {
        targetModules = List.copyOf(targetModules);
        if (rank < 1 || numLabels < 2) {
            throw new IllegalArgumentException("rank " + rank + ", " + numLabels + " labels");
        }
    }

    /** The model of a job. */
    public static ModelSettings of(JobSpec spec, Path cache) {
        return new ModelSettings(
                spec.getModel(),
                cache,
                AdapterKind.of(spec.getAdapter()),
                spec.getRank(),
                spec.getAlpha(),
                spec.getTargetModules(),
                spec.getLabels().size());
    }
}
