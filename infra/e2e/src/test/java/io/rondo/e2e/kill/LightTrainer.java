package io.rondo.e2e.kill;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.api.kit.DecoratedFactory;
import io.rondo.trainer.api.kit.DelegatingTrainer;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import io.rondo.trainer.runtime.TrainerListener;
import io.rondo.trainer.runtime.TrainerService;
import io.rondo.trainer.runtime.TrainerServiceSettings;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A trainer service with a pocket-sized model on a thread, as long in a round as a seed says. One that ends because the cluster
 * is away is started again, as a service manager would.
 */
final class LightTrainer implements AutoCloseable {
    private static final int SHORTEST_MS = 20;
    private static final int LONGEST_MS = 150;

    private final TrainerServiceSettings settings;
    private final SplittableRandom random;
    private final Thread thread;
    private volatile TrainerService service;
    private volatile boolean stopping;
    private volatile RuntimeException failure;

    LightTrainer(TrainerServiceSettings settings, long seed) {
        this.settings = settings;
        this.random = new SplittableRandom(seed);
        this.thread = new Thread(this::serve, "trainer-" + settings.site().trainerId());
        thread.setDaemon(true);
        thread.start();
    }

    /** @throws RuntimeException what ended the trainer for good */
    void requireWell() {
        if (failure != null) {
            throw failure;
        }
    }

    private void serve() {
        while (!stopping) {
            service = new TrainerService(
                    settings, new DecoratedFactory(new PocketTrainerFactory(), Slow::new), new TrainerListener() {});
            if (stopping) {
                // close() has stopped the one before
                return;
            }
            try {
                service.run();
            } catch (RondoException e) {
                if (e.code() != ErrorCode.BROKER_UNREACHABLE && e.code() != ErrorCode.REGISTRY_UNREACHABLE) {
                    failure = e;
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        service.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Slow extends DelegatingTrainer {
        Slow(LocalTrainer trainer) {
            super(trainer);
        }

        @Override
        public TrainingReport train(int round, Set<String> frozen) {
            try {
                Thread.sleep(random.nextInt(SHORTEST_MS, LONGEST_MS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return super.train(round, frozen);
        }
    }
}
