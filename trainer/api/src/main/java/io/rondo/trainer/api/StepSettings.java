package io.rondo.trainer.api;

import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;

/**
 * The training steps of a round.
 *
 * @param localSteps optimizer steps in a round
 * @param localWarmUpSteps steps of {@link LocalTrainer#warmUp}, 0 for none
 * @param batchSize examples in a step
 * @param microBatchSize most examples that a thread processes at once; 0 lets the trainer choose
 * @param maxLength longest input, in tokens
 * @param dropout probability with which an input of an adapter is dropped in training, 0 for none
 */
public record StepSettings(
        int localSteps, int localWarmUpSteps, int batchSize, int microBatchSize, int maxLength, double dropout) {

    /** @throws RondoException with {@link ErrorCode#BAD_CONFIG} when a number is out of bounds */
    public StepSettings {
        require(localSteps >= 1, "there are " + localSteps + " local steps in a round", "set 1 or more");
        require(localWarmUpSteps >= 0, "there are " + localWarmUpSteps + " local warm-up steps", "set 0 or more");
        require(batchSize >= 1, "a batch has " + batchSize + " examples", "set 1 or more");
        require(
                microBatchSize >= 0 && microBatchSize <= batchSize,
                "a micro-batch has " + microBatchSize + " examples, a batch " + batchSize,
                "set 0, or a part of the batch size");
        require(maxLength >= 1, "the longest input is " + maxLength + " tokens", "set 1 or more");
        require(dropout >= 0 && dropout < 1, "the dropout is " + dropout, "set 0 for none, or a number below 1");
    }

    /** Steps without warm-up, dropout or a micro-batch limit. */
    public static StepSettings of(int localSteps, int batchSize, int maxLength) {
        return new StepSettings(localSteps, 0, batchSize, 0, maxLength, 0);
    }

    /**
     * The steps of a job.
     *
     * @throws RondoException with {@link ErrorCode#BAD_CONFIG} when a number is out of bounds
     */
    public static StepSettings of(JobSpec spec) {
        return new StepSettings(
                spec.getLocalSteps(),
                spec.getLocalWarmUpSteps(),
                spec.getBatchSize(),
                spec.getMicroBatchSize(),
                spec.getMaxLength(),
                spec.getDropout());
    }

    private static void require(boolean valid, String problem, String nextStep) {
        if (!valid) {
            throw new RondoException(ErrorCode.BAD_CONFIG, problem, nextStep);
        }
    }
}
