package io.rondo.e2e.logs;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import java.util.List;

/** A job on a real cluster whose trainers are played; its aggregators run for as long as the script needs them. */
final class Stage implements AutoCloseable {
    private final LogConnection cluster;
    private final TestJob job;
    private final List<String> trainers;
    private final Path directory;
    private final JobDriver driver;

    Stage(LogConnection cluster, TestJob job, List<String> trainers, Path directory) {
        this.cluster = cluster;
        this.job = job;
        this.trainers = trainers;
        this.directory = directory;
        this.driver = JobDriver.submit(cluster, job);
    }

    JobDriver driver() {
        return driver;
    }

    TestJob job() {
        return job;
    }

    List<String> trainers() {
        return trainers;
    }

    /** Runs an aggregator meanwhile. */
    void serve(String instance, Runnable meanwhile) throws InterruptedException {
        AggregatorService service = AggregatorService.create(
                new AggregatorSettings(cluster, job.spec().getName(), instance, directory.resolve(instance)));
        Thread thread = new Thread(service::run, "aggregator " + instance);
        thread.start();
        try {
            meanwhile.run();
        } finally {
            service.stop();
            thread.join();
        }
    }

    void join() {
        trainers.forEach(driver::join);
    }

    void awaitOpen(int round) {
        driver.await(RoundOpened.class, opened -> opened.getRound() == round);
    }

    /** All trainers answer a round, which is published. */
    void round(int round) {
        awaitOpen(round);
        trainers.forEach(trainer -> driver.update(trainer, round));
        driver.awaitPublished(round);
    }

    void awaitEnd() {
        driver.await(JobFinished.class, finished -> true);
    }

    @Override
    public void close() {
        driver.close();
    }
}
