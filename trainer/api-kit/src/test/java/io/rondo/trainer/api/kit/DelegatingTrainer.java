package io.rondo.trainer.api.kit;

import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.TrainingReport;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A trainer that passes everything on to another one; tests override what they want to watch or to spoil. */
public class DelegatingTrainer implements LocalTrainer {
    private final LocalTrainer trainer;

    public DelegatingTrainer(LocalTrainer trainer) {
        this.trainer = trainer;
    }

    @Override
    public List<Tensor> parameters() {
        return trainer.parameters();
    }

    @Override
    public void load(List<Tensor> values) {
        trainer.load(values);
    }

    @Override
    public TrainingReport train(int round, Set<String> frozen) {
        return trainer.train(round, frozen);
    }

    @Override
    public void warmUp(int round, Set<String> frozen) {
        trainer.warmUp(round, frozen);
    }

    @Override
    public Map<String, Double> evaluate() {
        return trainer.evaluate();
    }

    @Override
    public Map<String, Double> headOnlyBaseline() {
        return trainer.headOnlyBaseline();
    }

    @Override
    public void close() {
        trainer.close();
    }
}
