package io.rondo.trainer.api;

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
 * @param layersToTransform the numbers of the adapted layers, from 0; empty for all
 * @param numLabels outputs of the classification head
 */
public record ModelSettings(
        String model,
        Path cache,
        AdapterKind adapter,
        int rank,
        double alpha,
        List<String> targetModules,
        List<Integer> layersToTransform,
        int numLabels) {
    public ModelSettings {
        targetModules = List.copyOf(targetModules);
        layersToTransform = List.copyOf(layersToTransform);
        if (rank < 1 || numLabels < 2) {
            throw new IllegalArgumentException("rank " + rank + ", " + numLabels + " labels");
        }
    }

    /** An adapter on all layers. */
    public ModelSettings(
            String model,
            Path cache,
            AdapterKind adapter,
            int rank,
            double alpha,
            List<String> targetModules,
            int numLabels) {
        this(model, cache, adapter, rank, alpha, targetModules, List.of(), numLabels);
    }

    /**
     * The model of a job.
     *
     * @throws IllegalArgumentException when the job names an adapter that does not exist
     */
    public static ModelSettings of(JobSpec spec, Path cache) {
        return new ModelSettings(
                spec.getModel(),
                cache,
                AdapterKind.of(spec.getAdapter()),
                spec.getRank(),
                spec.getAlpha(),
                spec.getTargetModules(),
                spec.getLayersToTransform(),
                spec.getLabels().size());
    }
}
