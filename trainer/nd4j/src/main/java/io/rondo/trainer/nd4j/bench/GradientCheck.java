package io.rondo.trainer.nd4j.bench;

import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Holds the gradient against the loss itself: along the gradient's direction the loss rises by the gradient's length. The
 * slope is a central difference, refined once (Richardson), of losses in float32: it cannot tell errors below some 1e-5.
 */
final class GradientCheck {
    private static final double STEP = 0.02;
    private static final double SPREAD = 0.05;

    private GradientCheck() {}

    static double relativeError(Engine engine, List<TokenIds> batch, int[] labels) {
        List<Tensor> before = engine.parameters();
        try {
            // with B = 0 there would be no gradient of A
            List<Tensor> start = spread(before);
            engine.load(start);
            float[] gradient = engine.gradient(batch, labels);
            double norm = norm(gradient);
            double wide = slope(engine, start, gradient, norm, STEP, batch, labels);
            double narrow = slope(engine, start, gradient, norm, STEP / 2, batch, labels);
            double slope = (4 * narrow - wide) / 3;
            return Math.abs(slope - norm) / norm;
        } finally {
            engine.load(before);
        }
    }

    /** Values at which no factor is 0. */
    static List<Tensor> spread(List<Tensor> tensors) {
        SplittableRandom random = new SplittableRandom(3);
        List<Tensor> spread = new ArrayList<>();
        for (Tensor tensor : tensors) {
            float[] values = new float[tensor.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((random.nextDouble() - 0.5) * 2 * SPREAD);
            }
            spread.add(new Tensor(tensor.name(), tensor.shape(), values));
        }
        return spread;
    }

    private static double slope(
            Engine engine,
            List<Tensor> start,
            float[] gradient,
            double norm,
            double step,
            List<TokenIds> batch,
            int[] labels) {
        engine.load(moved(start, gradient, step / norm));
        double above = engine.loss(batch, labels);
        engine.load(moved(start, gradient, -step / norm));
        double below = engine.loss(batch, labels);
        return (above - below) / (2 * step);
    }

    private static List<Tensor> moved(List<Tensor> start, float[] gradient, double by) {
        List<Tensor> moved = new ArrayList<>();
        int position = 0;
        for (Tensor tensor : start) {
            float[] values = tensor.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (by * gradient[position++]);
            }
            moved.add(new Tensor(tensor.name(), tensor.shape(), values));
        }
        return moved;
    }

    private static double norm(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
