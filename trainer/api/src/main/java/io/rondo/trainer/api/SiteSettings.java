package io.rondo.trainer.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a site, in addition to those of the job.
 *
 * @param trainerId id of its trainer
 * @param files its examples
 * @param modelCache directory of built-in models
 * @param compute threads and memory
 * @param headOnlyBaseline whether {@link LocalTrainer#headOnlyBaseline()} will be called
 * @param modelDirectory the base model's directory at this site; empty to find it by the job's name for it
 * @param labelTexts the classes as this site's files have them, in the order of the job's numbers; empty if the job
 *     itself has them
 */
public record SiteSettings(
        String trainerId,
        TrainerFiles files,
        Path modelCache,
        ComputeSettings compute,
        boolean headOnlyBaseline,
        Optional<Path> modelDirectory,
        List<String> labelTexts) {
    public SiteSettings {
        labelTexts = List.copyOf(labelTexts);
    }

    /** Model and labels as the job names them. */
    public SiteSettings(
            String trainerId, TrainerFiles files, Path modelCache, ComputeSettings compute, boolean headOnlyBaseline) {
        this(trainerId, files, modelCache, compute, headOnlyBaseline, Optional.empty(), List.of());
    }

    /** The same with a base model in this directory. */
    public SiteSettings withModelIn(Path directory) {
        return new SiteSettings(
                trainerId, files, modelCache, compute, headOnlyBaseline, Optional.of(directory), labelTexts);
    }

    /** The same with these texts for the job's classes. */
    public SiteSettings withLabelTexts(List<String> texts) {
        return new SiteSettings(trainerId, files, modelCache, compute, headOnlyBaseline, modelDirectory, texts);
    }
}
