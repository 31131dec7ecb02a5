package io.rondo.e2e;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import java.util.List;

/** Makes the log of a job whose two rounds are published and whose aggregator has ended. */
final class FinishedJob {
    private FinishedJob() {}

    static void run(LogConnection connection, String name, long deadlineMs, List<String> trainers, Path state)
            throws InterruptedException {
        TestJob job = TestJob.create().with(spec -> spec.setName(name).setDeadlineMs(deadlineMs));
        AggregatorService service = AggregatorService.create(new AggregatorSettings(connection, name, "one", state));
        Thread thread = new Thread(service::run, "aggregator");
        thread.start();
        try (JobDriver driver = JobDriver.submit(connection, job)) {
            trainers.forEach(driver::join);
            for (int round = 1; round <= 2; round++) {
                int opening = round;
                driver.await(RoundOpened.class, opened -> opened.getRound() == opening);
                trainers.forEach(trainer -> driver.update(trainer, opening));
            }
            driver.await(JobFinished.class, finished -> true);
        } finally {
            service.stop();
            thread.join();
        }
    }
}
