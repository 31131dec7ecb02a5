package io.rondo.trainer.api.kit;

import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.TrainerSettings;
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
