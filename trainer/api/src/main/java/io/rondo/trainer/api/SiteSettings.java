package io.rondo.trainer.api;

import java.nio.file.Path;

/**
 * The settings of a site, in addition to those of the job.
 *
 * @param trainerId id of its trainer
 * @param files its examples
 * @param modelCache directory of built-in models
 * @param compute threads and memory
 * @param headOnlyBaseline whether {@link LocalTrainer#headOnlyBaseline()} will be called
 */
public record SiteSettings(
        String trainerId, TrainerFiles files, Path modelCache, ComputeSettings compute, boolean headOnlyBaseline) {}
