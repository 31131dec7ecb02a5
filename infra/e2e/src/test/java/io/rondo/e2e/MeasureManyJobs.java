package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.cli.Main;
import io.rondo.log.AbortRequested;
import io.rondo.log.JobAborted;
import io.rondo.log.RoundOpened;
import io.rondo.log.TrainerAdmitted;
import io.rondo.schemas.client.LogConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures an aggregator of many jobs. No build runs it by itself: it asserts no figure, and prints them.
 *
 * <pre>
 * mvn -B verify -pl infra/e2e -am -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=MeasureManyJobs
 * -Dfailsafe.failIfNoSpecifiedTests=false
 * </pre>
 */
@WithCluster
class MeasureManyJobs {
    private static final List<String> TRAINERS = List.of("a", "b", "c");
    private static final int PHASES = Integer.getInteger("rondo.flood.phases", 4);
    private static final int ROUNDS = Integer.getInteger("rondo.flood.rounds", 25);
    /** Records a second that the flood sends to manifests; each is read, judged and answered. */
    private static final int RECORDS = Integer.getInteger("rondo.flood.records", 200);
    /** Megabytes a second of chunks without a manifest. */
    private static final int MEGABYTES = Integer.getInteger("rondo.flood.megabytes", 5);

    private static final int IDLE_JOBS = Integer.getInteger("rondo.idle.jobs", 10);

    private final String prefix = "flood-" + UUID.randomUUID().toString().substring(0, 8);

    /** The heap of the compose file's aggregator. */
    private JavaProcess aggregator(LogConnection cluster, Path directory) {
        return JavaProcess.start(
                Main.class,
                List.of("-Xmx460m", "-XX:TieredStopAtLevel=4"),
                List.of(
                        "aggregator",
                        "--jobs",
                        prefix + "-*",
                        "--state-dir",
                        directory.toString(),
                        "--bootstrap-servers",
                        cluster.bootstrapServers(),
                        "--schema-registry",
                        cluster.schemaRegistry()));
    }

    /** What jobs cost that wait for their trainers: memory of the process, and processor time a second. */
    @Test
    void measureIdleJobs(LogConnection cluster, @TempDir Path directory) throws Exception {
        List<JobDriver> drivers = new ArrayList<>();
        try (JavaProcess aggregator = aggregator(cluster, directory)) {
            ProcessHandle process = ProcessHandle.of(aggregator.pid()).orElseThrow();
            for (int jobs = 1; jobs <= IDLE_JOBS; jobs++) {
                JobDriver driver = JobDriver.submit(cluster, job("idle-" + jobs, "weighted-mean"));
                drivers.add(driver);
                driver.awaitPublished(0);
                if (jobs == 1 || jobs == IDLE_JOBS / 2 || jobs == IDLE_JOBS) {
                    pause(10_000);
                    Duration before = process.info().totalCpuDuration().orElseThrow();
                    pause(20_000);
                    Duration spent =
                            process.info().totalCpuDuration().orElseThrow().minus(before);
                    System.out.printf(
                            Locale.ROOT,
                            "%d jobs that wait: %s resident, %.1f %% of a processor%n",
                            jobs,
                            resident(aggregator.pid()),
                            spent.toMillis() / 200.0);
                }
            }
        } finally {
            drivers.forEach(JobDriver::close);
        }
    }

    private static String resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\s+", " ");
    }

    /**
     * How much longer the rounds of a job take while another job of the same aggregator is flooded, and once that one
     * is aborted. Quiet and flooded rounds alternate, so that both meet the same machine.
     */
    @Test
    void measureFloodedJob(LogConnection cluster, @TempDir Path directory) throws Exception {
        TestJob other = job("other", "coordinate-median").with(spec -> spec.setMethod("fedit"));
        try (JavaProcess aggregator = aggregator(cluster, directory);
                JobDriver calm = JobDriver.submit(cluster, job("calm", "weighted-mean"));
                JobDriver flooded = JobDriver.submit(cluster, other);
                HostileTrainer hostile = new HostileTrainer(cluster, other, flooded.topics(), 11)) {
            for (JobDriver driver : List.of(calm, flooded)) {
                TRAINERS.forEach(driver::join);
                driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
            }
            hostile.join();
            int round = 1;
            round = rounds(calm, round, new ArrayList<>());
            List<Double> quiet = new ArrayList<>();
            List<Double> loud = new ArrayList<>();
            List<Double> after = new ArrayList<>();
            for (int phase = 0; phase < PHASES; phase++) {
                round = rounds(calm, round, quiet);
                AtomicBoolean stop = new AtomicBoolean();
                Thread flood = new Thread(() -> flood(hostile, stop), "flood");
                flood.start();
                round = rounds(calm, round, loud);
                stop.set(true);
                flood.join();
                // what is behind the flood is answered when the flood is
                String behind = "behind-" + phase;
                flooded.join(behind);
                flooded.await(
                        TrainerAdmitted.class, admitted -> admitted.getTrainer().equals(behind));
            }
            flooded.send(flooded.topics().commands(), new AbortRequested(TestJob.UUID, "flooded", 0L, null));
            flooded.await(JobAborted.class, aborted -> true);
            rounds(calm, round, after);
            assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            System.out.printf(
                    Locale.ROOT,
                    "median ms of a round: quiet %.0f, flooded %.0f (%.2f times), after the other was aborted %.0f; %d"
                            + " rounds each%n",
                    median(quiet),
                    median(loud),
                    median(loud) / median(quiet),
                    median(after),
                    quiet.size());
        }
    }

    private TestJob job(String suffix, String strategy) {
        return TestJob.create().with(spec -> spec.setName(prefix + '-' + suffix)
                .setRules(2)
                .setStrategy(strategy)
                .setRounds(100_000)
                .setDeadlineMs(600_000));
    }

    private static void flood(HostileTrainer hostile, AtomicBoolean stop) {
        while (!stop.get()) {
            long began = System.nanoTime();
            hostile.attempts(1, RECORDS / 10);
            hostile.chunksWithoutManifest(1, Math.max(1, MEGABYTES / 10));
            hostile.flush();
            pause(100 - (System.nanoTime() - began) / 1_000_000);
        }
    }

    private static void pause(long milliseconds) {
        try {
            Thread.sleep(Math.max(0, milliseconds));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From the first update's upload to the publication. */
    private static int rounds(JobDriver driver, int first, List<Double> milliseconds) {
        for (int round = first; round < first + ROUNDS; round++) {
            int number = round;
            driver.await(RoundOpened.class, opened -> opened.getRound() == number);
            long began = System.nanoTime();
            TRAINERS.forEach(trainer -> driver.update(trainer, number));
            driver.awaitPublished(number);
            milliseconds.add((System.nanoTime() - began) / 1e6);
        }
        return first + ROUNDS;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
