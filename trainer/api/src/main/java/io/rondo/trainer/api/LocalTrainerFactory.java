package io.rondo.trainer.api;

import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Opens trainers of one kind. Found by {@link java.util.ServiceLoader}; stateless, safe for any thread. */
public interface LocalTrainerFactory {

    /** The name by which a user chooses it, such as {@code nd4j}. */
    String name();

    /**
     * The layout of a job on this model: every trainable tensor, with PEFT's names, without data and without training.
     *
     * @throws io.rondo.schemas.error.RondoException when the model is missing, unreadable or not supported
     */
    List<TensorShape> describe(ModelSettings model);

    /**
     * Initial values of the tensors other than down projections, in layout order: {@code lora_B} or {@code vera_lambda_b},
     * and the head. A job that shares them publishes these in round 0. {@link io.rondo.schemas.adapter.InitialValue} defines
     * values for all roles; a trainer may return others, such as a pretrained head.
     */
    List<Tensor> initialValues(ModelSettings model, long seed);

    /**
     * Refuses a job that no trainer of this kind could open, without data and before the job is in the log.
     *
     * @return notes on the job for the user, one sentence each, such as that a head is not used
     * @throws io.rondo.schemas.error.RondoException when a setting does not fit the model
     */
    default List<String> check(ModelSettings model, StepSettings steps) {
        return List.of();
    }

    /**
     * A digest of everything that determines the frozen base model's results, so that a site with different weights under
     * the same name is detected; empty if the model's name is sufficient.
     */
    default String modelDigest(ModelSettings model) {
        return "";
    }

    /**
     * The base model as a directory for Python's libraries, for exported adapters; empty if the trainer has none.
     */
    default Optional<BaseDirectory> baseDirectory(ModelSettings model) {
        return Optional.empty();
    }

    /**
     * Opens one site's trainer.
     *
     * @throws io.rondo.schemas.error.RondoException when model or data are missing, unreadable or not supported
     */
    LocalTrainer open(TrainerSettings settings);
}
