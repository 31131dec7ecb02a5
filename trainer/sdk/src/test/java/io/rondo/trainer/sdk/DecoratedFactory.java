package io.rondo.trainer.sdk;

import java.util.function.UnaryOperator;

/** Opens the trainers of another factory, each wrapped by a test. */
public final class DecoratedFactory extends DelegatingFactory {
    private final UnaryOperator<LocalTrainer> decoration;

    public DecoratedFactory(LocalTrainerFactory factory, UnaryOperator<LocalTrainer> decoration) {
        super(factory);
        this.decoration = decoration;
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        return decoration.apply(super.open(settings));
    }
}
