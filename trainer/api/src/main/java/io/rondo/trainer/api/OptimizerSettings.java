package io.rondo.trainer.api;

import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Objects;

/**
 * The optimizer of a job. Its state is reset in each round; the schedule counts the steps of all rounds.
 *
 * @param kind the algorithm
 * @param learningRate its step size, after the warm-up
 * @param weightDecay its weight decay, 0 for none
 * @param schedule how the learning rate continues after the warm-up
 * @param warmUpSteps steps in which the learning rate rises linearly, from 0 at the job's first step
 * @param maxGradNorm the largest norm of a step's gradient, over all trained tensors; 0 for no limit
 */
public record OptimizerSettings(
        OptimizerKind kind,
        double learningRate,
        double weightDecay,
        LearningRateSchedule schedule,
        int warmUpSteps,
        double maxGradNorm) {

    /** @throws RondoException with {@link ErrorCode#BAD_CONFIG} when a number is out of bounds */
    public OptimizerSettings {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(schedule);
        require(
                learningRate > 0 && Double.isFinite(learningRate),
                "the learning rate is " + learningRate,
                "set a number above 0");
        require(
                weightDecay >= 0 && Double.isFinite(weightDecay),
                "the weight decay is " + weightDecay,
                "set 0 for none, or a number such as 0.01");
        require(
                warmUpSteps >= 0,
                "there are " + warmUpSteps + " warm-up steps",
                "set 0 for none, or a number of steps");
        require(
                maxGradNorm >= 0 && Double.isFinite(maxGradNorm),
                "the largest norm of a gradient is " + maxGradNorm,
                "set 0 for no limit, or a number such as 1");
    }

    /** Plain gradient descent with a constant learning rate. */
    public static OptimizerSettings sgd(double learningRate) {
        return new OptimizerSettings(OptimizerKind.SGD, learningRate, 0, LearningRateSchedule.CONSTANT, 0, 0);
    }

    /**
     * The optimizer of a job.
     *
     * @throws RondoException with {@link ErrorCode#BAD_CONFIG} when a number is out of bounds, or the warm-up is longer
     *     than the job
     * @throws IllegalArgumentException when the job names an optimizer or a schedule that does not exist
     */
    public static OptimizerSettings of(JobSpec spec) {
        OptimizerSettings settings = new OptimizerSettings(
                OptimizerKind.of(spec.getOptimizer()),
                spec.getLearningRate(),
                spec.getWeightDecay(),
                LearningRateSchedule.of(spec.getLearningRateSchedule()),
                spec.getWarmUpSteps(),
                spec.getMaxGradNorm());
        long steps = (long) spec.getRounds() * spec.getLocalSteps();
        require(
                settings.warmUpSteps <= steps,
                "there are " + settings.warmUpSteps + " warm-up steps in a job of " + steps + " steps",
                "set warm-up-steps to a part of rounds times local-steps");
        return settings;
    }

    /**
     * The learning rate of a step.
     *
     * @param step the step, counted from 0 over all rounds of the job
     * @param steps the steps of the whole job
     */
    public double learningRate(long step, long steps) {
        if (step < warmUpSteps) {
            return learningRate * step / warmUpSteps;
        }
        return switch (schedule) {
            case CONSTANT -> learningRate;
            case LINEAR -> learningRate * Math.max(0, steps - step) / Math.max(1, steps - warmUpSteps);
        };
    }

    private static void require(boolean valid, String problem, String nextStep) {
        if (!valid) {
            throw new RondoException(ErrorCode.BAD_CONFIG, problem, nextStep);
        }
    }
}
