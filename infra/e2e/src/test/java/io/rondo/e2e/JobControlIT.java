package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.cli.job.JobControl;
import io.rondo.cli.job.JobControl.Action;
import io.rondo.log.JobAborted;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job steered by commands, on a real broker and a real registry. */
@WithCluster
class JobControlIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");

    @TempDir
    private Path directory;

    private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);

    @Test
    void shouldPauseResumeAndAbortAJob(LogConnection cluster) throws InterruptedException {
        JobControl control = new JobControl(cluster, Duration.ofMinutes(1));
        AggregatorService service = AggregatorService.create(new AggregatorSettings(cluster, name, "one", directory));
        Thread thread = new Thread(service::run, "aggregator");
        thread.start();
        try (JobDriver driver = JobDriver.submit(cluster, TestJob.create().with(spec -> spec.setName(name)))) {
            TRAINERS.forEach(driver::join);
            driver.await(RoundOpened.class, opened -> opened.getRound() == 1);

            assertThat(control.request(name, Action.PAUSE, "maintenance")).isTrue();
            TRAINERS.forEach(trainer -> driver.update(trainer, 1));
            driver.awaitPublished(1);
            assertThat(control.request(name, Action.RESUME, "")).isTrue();
            driver.await(RoundOpened.class, opened -> opened.getRound() == 2);
            refuses(control, Action.RESUME);
            assertThat(control.request(name, Action.ABORT, "wrong data")).isTrue();
            refuses(control, Action.ABORT);

            Set<Class<?>> steering = Set.of(
                    JobPaused.class, RoundCompleted.class, JobResumed.class, RoundFailed.class, JobAborted.class);
            assertThat(driver.readAll(driver.topics().decisions(), 0))
                    .filteredOn(decision -> steering.contains(decision.getClass()))
                    .<Class<?>>extracting(Object::getClass)
                    .containsExactly(
                            RoundCompleted.class,
                            JobPaused.class,
                            RoundCompleted.class,
                            JobResumed.class,
                            RoundFailed.class,
                            JobAborted.class);
        } finally {
            service.stop();
            thread.join();
        }
    }

    @Test
    void shouldLeaveACommandInTheLogWhereNoAggregatorRuns(LogConnection cluster) {
        try (JobDriver driver = JobDriver.submit(cluster, TestJob.create().with(spec -> spec.setName(name)))) {
            assertThat(new JobControl(cluster, Duration.ofMillis(300)).request(name, Action.ABORT, ""))
                    .isFalse();
            assertThat(driver.readAll(driver.topics().commands(), 0)).hasSize(2);
        }
    }

    private void refuses(JobControl control, Action action) {
        assertThatThrownBy(() -> control.request(name, action, ""))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.COMMAND_REFUSED, RondoException::code);
    }
}
