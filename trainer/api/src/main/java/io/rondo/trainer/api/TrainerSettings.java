package io.rondo.trainer.api;

import java.util.List;

/**
 * All settings with which one site's trainer is opened.
 *
 * @param trainerId id of the trainer; with the seed and the round it determines the order of examples
 * @param model base model and adapter
 * @param labels class labels as this site's files have them, in the order of the head's outputs
 * @param files examples of this site
 * @param steps the training steps of a round
 * @param optimizer the optimizer of its steps
 * @param totalRounds rounds of the job: the budget of the head-only baseline and the length of a learning rate schedule
 * @param seed seed of the job
 * @param compute threads and memory
 * @param headOnlyBaseline whether {@link LocalTrainer#headOnlyBaseline()} will be called
 */
public record TrainerSettings(
        String trainerId,
        ModelSettings model,
        List<String> labels,
        TrainerFiles files,
        StepSettings steps,
        OptimizerSettings optimizer,
        int totalRounds,
        long seed,
        ComputeSettings compute,
        boolean headOnlyBaseline) {

    public TrainerSettings {
        labels = List.copyOf(labels);
        if (totalRounds < 1) {
            throw new IllegalArgumentException(totalRounds + " rounds");
        }
    }
}
