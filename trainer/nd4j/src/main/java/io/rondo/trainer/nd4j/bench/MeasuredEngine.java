package io.rondo.trainer.nd4j.bench;

import io.rondo.trainer.api.bench.StepBenchSettings;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.Optimizer;
import io.rondo.trainer.nd4j.engine.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** An engine with a batch of full inputs. */
final class MeasuredEngine implements AutoCloseable {
    private static final double LEARNING_RATE = 0.01;

    private final Engine engine;
    private final Optimizer optimizer = Optimizer.sgd(0, 0);
    private final List<TokenIds> batch = new ArrayList<>();
    private final int[] labels;

    MeasuredEngine(Engine engine, StepBenchSettings settings) {
        this.engine = engine;
        SplittableRandom random = new SplittableRandom(7);
        this.labels = new int[settings.batch()];
        for (int i = 0; i < labels.length; i++) {
            int[] ids = random.ints(settings.length(), 0, engine.config().vocabulary())
                    .toArray();
            batch.add(new TokenIds(ids, new int[ids.length]));
            labels[i] = i % 2;
        }
    }

    /** Takes a step. Returns its seconds. */
    double step() {
        long start = System.nanoTime();
        engine.step(batch, labels, Optional.empty(), Set.of(), optimizer, LEARNING_RATE);
        return (System.nanoTime() - start) / 1e9;
    }

    double gradientError() {
        return GradientCheck.relativeError(engine, batch, labels);
    }

    @Override
    public void close() {
        engine.close();
    }
}
