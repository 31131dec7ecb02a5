package io.rondo.trainer.nd4j.bench;

import io.rondo.trainer.api.bench.StepBenchSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several trainers on one machine. */
final class ParallelTrainers {
    private ParallelTrainers() {}

    /** Examples a second of all engines, each of which takes the same number of steps. */
    static double samplesPerSecond(List<MeasuredEngine> engines, StepBenchSettings settings) {
        ExecutorService threads = Executors.newFixedThreadPool(engines.size());
        try {
            run(threads, engines, 1);
            long start = System.nanoTime();
            run(threads, engines, settings.steps());
            double seconds = (System.nanoTime() - start) / 1e9;
            return (double) engines.size() * settings.steps() * settings.batch() / seconds;
        } finally {
            threads.shutdownNow();
        }
    }

    private static void run(ExecutorService threads, List<MeasuredEngine> engines, int steps) {
        List<Future<?>> running = new ArrayList<>();
        for (MeasuredEngine engine : engines) {
            running.add(threads.submit(() -> {
                for (int i = 0; i < steps; i++) {
                    engine.step();
                }
            }));
        }
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a trainer failed", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }
}
