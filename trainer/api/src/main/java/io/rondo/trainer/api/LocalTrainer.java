package io.rondo.trainer.api;

import io.rondo.schemas.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One site's model and data: what a plug-in implements. Used by one thread. Values cross only as named tensors, and the
 * service around it decides which of them leave the site.
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
     * Takes the local steps of a round with a fresh optimizer (arXiv 2410.01463, section 4). Deterministic: the
     * parameters, the seed and the round decide the result.
     *
     * @param round the round, from 1
     * @param frozen names of the parameters that keep their values in this round
     */
    TrainingReport train(int round, Set<String> frozen);

    /**
     * Takes the local warm-up steps of {@link StepSettings} on what is not frozen, before the first round of a trainer that
     * came late: its B is 0 and its head untrained, so that A would learn nothing in the first steps. Deterministic, and a
     * trainer of another kind may leave it out.
     *
     * @param round the round that is trained next
     * @param frozen names of the parameters that keep their values: all but the trainer's own
     */
    default void warmUp(int round, Set<String> frozen) {}

    /**
     * Measures the values loaded, without a step: {@code test/loss} and {@code test/accuracy} on this site's test split,
     * {@code pooled/loss} and {@code pooled/accuracy} where there is a pooled test set, {@code validation/…} where there
     * is a validation split.
     */
    Map<String, Double> evaluate();

    /**
     * Measures the same site on the same budget with a frozen encoder and a trained head alone, under keys that start
     * with {@code head-only/}; empty if the trainer was not asked for it or has no such baseline.
     */
    default Map<String, Double> headOnlyBaseline() {
        return Map.of();
    }

    @Override
    void close();
}
