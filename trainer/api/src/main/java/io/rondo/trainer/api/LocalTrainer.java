package io.rondo.trainer.api;

import io.rondo.schemas.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One site's model and data, implemented by a plug-in. Used by one thread. Values are exchanged only as named tensors, and
 * the surrounding service decides which of them leave the site.
 */
public interface LocalTrainer extends AutoCloseable {

    /** Every trainable tensor with its current values, in the order and with the names and shapes of the layout. */
    List<Tensor> parameters();

    /**
     * Overwrites the named parameters; the others keep their values.
     *
     * @throws IllegalArgumentException when a name or a shape is not that of a parameter
     */
    void load(List<Tensor> values);

    /**
     * Takes the local steps of a round with a fresh optimizer (arXiv 2410.01463, section 4). Deterministic: the result
     * depends only on the parameters, the seed and the round.
     *
     * @param round the round, from 1
     * @param frozen names of the parameters that keep their values in this round
     */
    TrainingReport train(int round, Set<String> frozen);

    /**
     * Takes the local warm-up steps of {@link StepSettings} on the parameters that are not frozen, before the first round of
     * a trainer that joined late: its B is 0 and its head untrained, so A would learn nothing in the first steps.
     * Deterministic; optional for other kinds of trainers.
     *
     * @param round the round that is trained next
     * @param frozen names of the parameters that keep their values: all but the local ones
     */
    default void warmUp(int round, Set<String> frozen) {}

    /**
     * Evaluates the loaded values without a training step: {@code test/loss} and {@code test/accuracy} on this site's test
     * split, {@code pooled/loss} and {@code pooled/accuracy} if there is a pooled test set, {@code validation/…} where there
     * is a validation split.
     */
    Map<String, Double> evaluate();

    /**
     * Evaluates a baseline on the same site and budget, with a frozen encoder and only the head trained, under keys that
     * start with {@code head-only/}; empty if it was not requested or the trainer has no such baseline.
     */
    default Map<String, Double> headOnlyBaseline() {
        return Map.of();
    }

    @Override
    void close();
}
