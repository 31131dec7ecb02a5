package io.rondo.trainer.api;

import java.nio.file.Path;

/**
 * What a site adds to the settings of a job.
 *
 * @param trainerId id of its trainer
 * @param files its examples
 * @param modelCache where built-in models are kept
 * @param compute threads and memory
 * @param headOnlyBaseline whether {@link LocalTrainer#headOnlyBaseline()} will be asked for
 */
public record SiteSettings(
        String trainerId, TrainerFiles files, Path modelCache, ComputeSettings compute, boolean headOnlyBaseline) {}
