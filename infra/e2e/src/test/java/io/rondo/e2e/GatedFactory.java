package io.rondo.e2e;

import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.api.kit.DelegatingFactory;
import io.rondo.trainer.api.kit.DelegatingTrainer;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Opens pocket trainers that stop before one round until a test lets them go on, and remembers what they did. */
final class GatedFactory extends DelegatingFactory {
    private final int round;
    private final Runnable reached;
    private final CountDownLatch gate;
    private final CountDownLatch evaluation = new CountDownLatch(1);
    private final List<Integer> rounds = new CopyOnWriteArrayList<>();
    private volatile List<Tensor> firstEvaluated = List.of();

    /**
     * @param round the round that waits
     * @param reached called when it would be trained
     * @param gate what it waits for
     */
    GatedFactory(int round, Runnable reached, CountDownLatch gate) {
        super(new PocketTrainerFactory());
        this.round = round;
        this.reached = reached;
        this.gate = gate;
    }

    /** Waits until the trainer has joined and evaluates an adapter. */
    void awaitEvaluation() throws InterruptedException {
        evaluation.await();
    }

    /** The parameters with the first adapter that was loaded. */
    List<Tensor> firstEvaluated() {
        return firstEvaluated;
    }

    /** The rounds trained. */
    List<Integer> rounds() {
        return rounds;
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        return new Gated(super.open(settings));
    }

    private final class Gated extends DelegatingTrainer {
        Gated(LocalTrainer trainer) {
            super(trainer);
        }

        @Override
        public TrainingReport train(int number, Set<String> frozen) {
            if (number == round) {
                reached.run();
                awaitGate();
            }
            rounds.add(number);
            return super.train(number, frozen);
        }

        private void awaitGate() {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Map<String, Double> evaluate() {
            if (firstEvaluated.isEmpty()) {
                firstEvaluated = parameters();
            }
            evaluation.countDown();
            return super.evaluate();
        }
    }
}
