package io.rondo.trainer.api;

import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterKind;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A base model and the adapter on it.
 *
 * @param model the name of a built-in model, or a Hugging Face directory
 * @param cache directory of converted built-in models
 * @param adapter the adapter variant
 * @param rank rank of the adapter
 * @param alpha LoRA's alpha
 * @param targetModules the adapted modules by PEFT's names, such as {@code query}
 * @param layersToTransform the numbers of the adapted layers, from 0; empty for all
 * @param labels the classes, in the order of the classification head's outputs
 */
public record ModelSettings(
        String model,
        Path cache,
        AdapterKind adapter,
        int rank,
        double alpha,
        List<String> targetModules,
        List<Integer> layersToTransform,
        List<String> labels) {
    public ModelSettings {
        targetModules = List.copyOf(targetModules);
        layersToTransform = List.copyOf(layersToTransform);
        labels = List.copyOf(labels);
        if (rank < 1 || labels.size() < 2) {
            throw new IllegalArgumentException("rank " + rank + ", " + labels.size() + " labels");
        }
    }

    /** Classes named by their numbers, from 0. */
    public ModelSettings(
            String model,
            Path cache,
            AdapterKind adapter,
            int rank,
            double alpha,
            List<String> targetModules,
            List<Integer> layersToTransform,
            int numLabels) {
        this(
                model,
                cache,
                adapter,
                rank,
                alpha,
                targetModules,
                layersToTransform,
                IntStream.range(0, numLabels).mapToObj(Integer::toString).toList());
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
                spec.getLabels());
    }

    /** The same model from a directory, whatever the job calls it. */
    public ModelSettings in(Path directory) {
        return new ModelSettings(
                directory.toAbsolutePath().toString(),
                cache,
                adapter,
                rank,
                alpha,
                targetModules,
                layersToTransform,
                labels);
    }

    /** Outputs of the classification head. */
    public int numLabels() {
        return labels.size();
    }
}
