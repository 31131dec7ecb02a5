package io.rondo.trainer.nd4j.engine;

import java.util.List;

/**
 * An optimizer with what it remembers between steps: stochastic gradient descent without momentum, or AdamW, as PyTorch
 * computes them. Not for several threads at once.
 */
public final class Optimizer {
    private static final double BETA_1 = 0.9;
    private static final double BETA_2 = 0.999;
    private static final double EPSILON = 1e-8;
    /** PyTorch's, against a division by 0 in clipping. */
    private static final double CLIPPING_EPSILON = 1e-6;

    private final double weightDecay;
    private final double maxGradNorm;
    /** First and second moments of the gradient; empty for gradient descent. */
    private final float[] first;

    private final float[] second;
    private int steps;
    /** What is left of the moments' start at 0. */
    private double firstCorrection;

    private double secondCorrection;

    /** Elements from {@code from} to before {@code to}. */
    public record Range(int from, int to) {}

    private Optimizer(int remembered, double weightDecay, double maxGradNorm) {
        this.first = new float[remembered];
        this.second = new float[remembered];
        this.weightDecay = weightDecay;
        this.maxGradNorm = maxGradNorm;
    }

    /**
     * Gradient descent.
     *
     * @param weightDecay multiplied by a value and added to its gradient
     * @param maxGradNorm largest norm of a gradient, to which longer ones are scaled; 0 for no limit
     */
    public static Optimizer sgd(double weightDecay, double maxGradNorm) {
        return new Optimizer(0, weightDecay, maxGradNorm);
    }

    /**
     * AdamW, with betas 0.9 and 0.999 and an epsilon of 1e-8.
     *
     * @param size elements of the values
     * @param weightDecay by which a value shrinks in each step, times the learning rate
     * @param maxGradNorm largest norm of a gradient, to which longer ones are scaled; 0 for no limit
     */
    public static Optimizer adamW(int size, double weightDecay, double maxGradNorm) {
        return new Optimizer(size, weightDecay, maxGradNorm);
    }

    /** Takes a step on the values in some ranges; the norm of the gradient is taken over these, too. */
    public void step(float[] values, float[] gradient, List<Range> trained, double learningRate) {
        steps++;
        firstCorrection = 1 - Math.pow(BETA_1, steps);
        secondCorrection = 1 - Math.pow(BETA_2, steps);
        double scale = scale(gradient, trained);
        for (Range range : trained) {
            for (int i = range.from(); i < range.to(); i++) {
                double d = scale * gradient[i];
                values[i] = first.length == 0
                        ? (float) (values[i] - learningRate * (d + weightDecay * values[i]))
                        : adamW(i, values[i], d, learningRate);
            }
        }
    }

    private float adamW(int i, float value, double gradient, double learningRate) {
        first[i] = (float) (BETA_1 * first[i] + (1 - BETA_1) * gradient);
        second[i] = (float) (BETA_2 * second[i] + (1 - BETA_2) * gradient * gradient);
        double mean = first[i] / firstCorrection;
        double deviation = Math.sqrt(second[i] / secondCorrection);
        return (float) (value * (1 - learningRate * weightDecay) - learningRate * mean / (deviation + EPSILON));
    }

    private double scale(float[] gradient, List<Range> trained) {
        if (maxGradNorm == 0) {
            return 1;
        }
        double squares = 0;
        for (Range range : trained) {
            for (int i = range.from(); i < range.to(); i++) {
                squares += (double) gradient[i] * gradient[i];
            }
        }
        return Math.min(1, maxGradNorm / (Math.sqrt(squares) + CLIPPING_EPSILON));
    }
}
