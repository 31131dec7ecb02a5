package io.rondo.trainer.nd4j.engine;

import java.util.Arrays;
import java.util.Optional;

/**
 * A classification head with softmax and cross-entropy, computed in double precision on float32 weights: a linear layer,
 * and before it, where the model has one, a dense layer with tanh, which is trained in a RoBERTa and frozen in a BERT
 * (its pooler). Not for several threads at once.
 */
public final class Head {
    private final int hidden;
    private final int labels;
    /** The trained tensors: where the dense layer is trained its weight and bias, then the linear layer's. */
    private final float[] weights;
    /** The dense layer's weight, hidden × hidden, and bias; empty if there is none. May be the trained weights. */
    private final float[] dense;
    /** Where the linear layer starts in the weights; above 0 if the dense layer is trained. */
    private final int linear;

    /** What the linear layer reads, and the gradient there. */
    private final double[] inner;

    private final double[] innerGradient;
    private final double[] outputs;

    /**
     * @param weights not copied, so that a caller may train them
     * @param pooler weight and bias of the frozen dense layer of a BERT that has one
     */
    Head(HeadShape shape, float[] weights, Optional<float[]> pooler) {
        if (weights.length != shape.length()) {
            throw new IllegalArgumentException(weights.length + " weights for " + shape);
        }
        this.hidden = shape.hidden();
        this.labels = shape.labels();
        this.weights = weights;
        this.linear = shape.output();
        this.dense = linear > 0 ? weights : pooler.orElse(new float[0]);
        this.inner = new double[hidden];
        this.innerGradient = new double[hidden];
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

    /** The outputs before the softmax. */
    public double[] logits(float[] features) {
        computeOutputs(features);
        return outputs.clone();
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
        Arrays.fill(innerGradient, 0);
        for (int output = 0; output < labels; output++) {
            double d = (outputs[output] - (output == label ? 1 : 0)) * share;
            weightGradient[linear + labels * hidden + output] += (float) d;
            int row = linear + output * hidden;
            for (int i = 0; i < hidden; i++) {
                weightGradient[row + i] += (float) (d * inner[i]);
                innerGradient[i] += d * weights[row + i];
            }
        }
        if (dense.length == 0) {
            for (int i = 0; i < hidden; i++) {
                featureGradient[i] = (float) innerGradient[i];
            }
        } else {
            denseBackward(features, weightGradient, featureGradient);
        }
        return loss;
    }

    private void denseBackward(float[] features, float[] weightGradient, float[] featureGradient) {
        Arrays.fill(featureGradient, 0);
        for (int unit = 0; unit < hidden; unit++) {
            float d = (float) (innerGradient[unit] * (1 - inner[unit] * inner[unit]));
            int row = unit * hidden;
            if (linear > 0) {
                weightGradient[hidden * hidden + unit] += d;
                for (int i = 0; i < hidden; i++) {
                    weightGradient[row + i] += d * features[i];
                }
            }
            for (int i = 0; i < hidden; i++) {
                featureGradient[i] += d * dense[row + i];
            }
        }
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
        for (int unit = 0; unit < hidden; unit++) {
            inner[unit] = dense.length == 0
                    ? features[unit]
                    : Math.tanh(dense[hidden * hidden + unit] + product(dense, unit * hidden, features));
        }
        for (int label = 0; label < labels; label++) {
            double sum = weights[linear + labels * hidden + label];
            int row = linear + label * hidden;
            for (int i = 0; i < hidden; i++) {
                sum += weights[row + i] * inner[i];
            }
            outputs[label] = sum;
        }
    }

    private double product(float[] matrix, int row, float[] features) {
        double sum = 0;
        for (int i = 0; i < hidden; i++) {
            sum += (double) matrix[row + i] * features[i];
        }
        return sum;
    }
}
