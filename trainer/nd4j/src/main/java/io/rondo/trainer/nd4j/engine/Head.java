package io.rondo.trainer.nd4j.engine;

import java.util.Arrays;

/**
 * A linear classification head with softmax and cross-entropy, computed in double precision on float32 weights. Holds a
 * copy of the weights as of its making; not for several threads at once.
 */
public final class Head {
    private final int hidden;
    private final int labels;
    /** labels × hidden, then the labels' biases. */
    private final float[] weights;

    private final double[] outputs;

    /** @param weights labels × hidden, then one bias a label; not copied, so that a caller may train them */
    public Head(int hidden, int labels, float[] weights) {
        if (weights.length != labels * (hidden + 1)) {
            throw new IllegalArgumentException(weights.length + " weights for " + labels + " labels of " + hidden);
        }
        this.hidden = hidden;
        this.labels = labels;
        this.weights = weights;
        this.outputs = new double[labels];
    }

    /** The class of the largest output; the first of equals. */
    public int predict(float[] features) {
        computeOutputs(features);
        int best = 0;
        for (int label = 1; label < labels; label++) {
            if (outputs[label] > outputs[best]) {
                best = label;
            }
        }
        return best;
    }

    /** Cross-entropy of one example, in nats. */
    public double loss(float[] features, int label) {
        return softmax(features, label);
    }

    /**
     * Cross-entropy of one example, and its gradients.
     *
     * @param share of this example in the loss, one over the batch size
     * @param weightGradient to which this adds, laid out as the weights
     * @param featureGradient which this overwrites
     * @return the loss, not multiplied by the share
     */
    public double backward(float[] features, int label, double share, float[] weightGradient, float[] featureGradient) {
        double loss = softmax(features, label);
        Arrays.fill(featureGradient, 0);
        for (int output = 0; output < labels; output++) {
            float d = (float) ((outputs[output] - (output == label ? 1 : 0)) * share);
            weightGradient[labels * hidden + output] += d;
            int row = output * hidden;
            for (int i = 0; i < hidden; i++) {
                weightGradient[row + i] += d * features[i];
                featureGradient[i] += d * weights[row + i];
            }
        }
        return loss;
    }

    private double softmax(float[] features, int label) {
        computeOutputs(features);
        double max = Arrays.stream(outputs).max().orElseThrow();
        double chosen = outputs[label];
        double sum = 0;
        for (int i = 0; i < labels; i++) {
            outputs[i] = Math.exp(outputs[i] - max);
            sum += outputs[i];
        }
        for (int i = 0; i < labels; i++) {
            outputs[i] /= sum;
        }
        return Math.log(sum) + max - chosen;
    }

    private void computeOutputs(float[] features) {
        for (int label = 0; label < labels; label++) {
            double sum = weights[labels * hidden + label];
            int row = label * hidden;
            for (int i = 0; i < hidden; i++) {
                sum += (double) weights[row + i] * features[i];
            }
            outputs[label] = sum;
        }
    }
}
