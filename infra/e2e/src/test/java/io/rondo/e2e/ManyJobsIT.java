package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.JobPattern;
import io.rondo.aggregator.JobsService;
import io.rondo.aggregator.JobsSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.job.JobServers;
import io.rondo.cli.job.JobServers.Server;
import io.rondo.log.AbortRequested;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.client.LogConnection;
import io.rondo.web.AggregatorTelemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many jobs in one process, on a real broker: what happens to one is no matter of the others. */
@WithCluster
class ManyJobsIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private final String prefix = "many-" + UUID.randomUUID().toString().substring(0, 8);
    private final HttpClient http = HttpClient.newHttpClient();
    private LogConnection cluster;

    @BeforeEach
    void connect(LogConnection connection) {
        cluster = connection;
    }

    @Test
    void shouldServeEveryJobThatFitsAsItIsSubmittedAndLeaveThoseThatAreOver() throws Exception {
        try (Served served = new Served("one");
                JobDriver mean = submit("mean", "weighted-mean");
                JobDriver other = submit("not-it", "weighted-mean")) {
            round(mean, 1);
            try (JobDriver median = submit("median", "coordinate-median")) {
                round(median, 1);
                await("both are served by one", () -> servers("mean", "median").values().stream()
                        .allMatch(found -> instances(found).equals(List.of("one"))));
                assertThat(servers("not-it").get(other.topics().job())).isEmpty();
                awaitMetrics(
                        served,
                        "rondo_job_served{job=\"" + name("mean") + "\"} 1.0",
                        "rondo_rounds_published_total{job=\"" + name("median") + "\"} 2.0");
                round(median, 2);
                round(mean, 2);
                median.await(JobFinished.class, finished -> true);
                mean.await(JobFinished.class, finished -> true);
            }

            await("nobody serves what is over", () -> servers("mean", "median").values().stream()
                    .allMatch(List::isEmpty));
            await("all is well", () -> served.ask("/health/ready").equals("ok\n"));
            await("its figures end", () -> !served.ask("/metrics").contains(name("mean")));
            for (String job : List.of("mean", "median")) {
                assertThat(Verifier.verify(cluster, name(job)).isSound())
                        .as(job)
                        .isTrue();
            }
        }
    }

    @Test
    @Tag("thorough")
    void shouldStartAFailedJobAgainWhileTheOthersGoOn() throws Exception {
        try (JobDriver bad = submit("bad", "weighted-mean");
                JobDriver good = submit("good", "weighted-mean")) {
            String topic = bad.topics().decisions().name();
            alter(topic, "compact");
            try (Served served = new Served("one")) {
                await("its failure is told with its code", () -> served.ask("/health/ready")
                        .contains("job " + name("bad") + ": topic-mismatch, starts again at "));
                round(good, 1);
                assertThat(served.ask("/health/live")).isEqualTo("ok\n");
                awaitMetrics(
                        served,
                        "rondo_job_served{job=\"" + name("bad") + "\"} 0.0",
                        "rondo_job_served{job=\"" + name("good") + "\"} 1.0");

                alter(topic, "delete");

                round(bad, 1);
                await("all is well", () -> served.ask("/health/ready").equals("ok\n"));
                round(good, 2);
                good.await(JobFinished.class, finished -> true);
            }
        }
    }

    @Test
    @Tag("thorough")
    void shouldPublishTheRoundsOfOneJobWhileAnotherIsFloodedAndAborted() throws Exception {
        TestJob floodedJob = job("flooded", "weighted-mean");
        try (Served served = new Served("one");
                JobDriver calm = submit("calm", "weighted-mean");
                JobDriver flooded = submit("flooded", "weighted-mean");
                HostileTrainer hostile = new HostileTrainer(cluster, floodedJob, flooded.topics(), 7)) {
            TRAINERS.forEach(flooded::join);
            hostile.join();
            flooded.await(RoundOpened.class, opened -> opened.getRound() == 1);
            Thread flood = new Thread(
                    () -> {
                        hostile.attempts(1, 3_000);
                        hostile.chunksWithoutManifest(1, 40);
                        hostile.noise(flooded.topics().manifests(), 2_000);
                    },
                    "flood");
            flood.start();

            round(calm, 1);
            flood.join();
            flooded.send(flooded.topics().commands(), new AbortRequested(TestJob.UUID, "flooded", 0L, null));
            round(calm, 2);

            calm.await(JobFinished.class, finished -> true);
            flooded.await(JobAborted.class, aborted -> true);
            assertThat(served.ask("/health/live")).isEqualTo("ok\n");
            assertThat(Verifier.verify(cluster, name("calm")).isSound()).isTrue();
        }
    }

    @Test
    @Tag("thorough")
    void shouldShareJobsAmongInstances() throws Exception {
        try (JobDriver first = submit("first", "weighted-mean");
                JobDriver second = submit("second", "weighted-mean");
                Served one = new Served("one")) {
            try (Served two = new Served("two")) {
                await("each job is served by both", () -> servers("first", "second").values().stream()
                        .allMatch(found -> instances(found).equals(List.of("one", "two"))));
                round(first, 1);
                round(second, 1);
                // the groups may rebalance once more after their first round, and an instance is not ready meanwhile
                await(
                        "both are ready",
                        () -> one.ask("/health/ready").equals("ok\n")
                                && two.ask("/health/ready").equals("ok\n"));
            }
            round(first, 2);
            round(second, 2);
            first.await(JobFinished.class, finished -> true);
            second.await(JobFinished.class, finished -> true);
            assertThat(one.ask("/health/live")).isEqualTo("ok\n");
        }
    }

    private TestJob job(String suffix, String strategy) {
        return TestJob.create().with(spec -> spec.setName(name(suffix))
                .setRules(2)
                .setStrategy(strategy)
                .setDeadlineMs(120_000));
    }

    private String name(String suffix) {
        return suffix.startsWith("not-") ? suffix + prefix : prefix + '-' + suffix;
    }

    private JobDriver submit(String suffix, String strategy) {
        return JobDriver.submit(cluster, job(suffix, strategy));
    }

    /** The trainers join for the first round, and each sends its update. */
    private static void round(JobDriver driver, int round) {
        if (round == 1) {
            TRAINERS.forEach(driver::join);
        }
        driver.await(RoundOpened.class, opened -> opened.getRound() == round);
        TRAINERS.forEach(trainer -> driver.update(trainer, round));
        driver.awaitPublished(round);
    }

    private Map<String, List<Server>> servers(String... suffixes) {
        return JobServers.read(
                cluster, List.of(suffixes).stream().map(this::name).toList());
    }

    private static List<String> instances(List<Server> servers) {
        return servers.stream().map(Server::instance).toList();
    }

    private void alter(String topic, String policy) throws Exception {
        try (Admin admin = cluster.admin()) {
            ConfigEntry entry = new ConfigEntry("cleanup.policy", policy);
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    /** The figures follow the log, some time after a trainer has read it. */
    private static void awaitMetrics(Served served, String... lines) throws Exception {
        await("the metrics have " + List.of(lines), () -> {
            String metrics = served.ask("/metrics");
            return Stream.of(lines).allMatch(metrics::contains);
        });
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(giveUp);
            Thread.sleep(200);
        }
    }

    /** An aggregator of many jobs with its telemetry, in this process. */
    private final class Served implements AutoCloseable {
        private final AggregatorTelemetry telemetry;
        private final JobsService service;
        private final Thread thread;

        Served(String instance) {
            telemetry = AggregatorTelemetry.startOfMany(
                    cluster, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test");
            service = JobsService.create(
                    new JobsSettings(
                            cluster,
                            JobPattern.of(prefix + "-*"),
                            instance,
                            directory.resolve(instance),
                            Duration.ofMillis(200),
                            Duration.ofMillis(500),
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(1),
                            Optional.empty()),
                    telemetry);
            thread = new Thread(service::run, "aggregator-" + instance);
            thread.start();
        }

        String ask(String path) throws IOException, InterruptedException {
            URI uri = URI.create("http://127.0.0.1:" + telemetry.address().getPort() + path);
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }

        @Override
        public void close() {
            service.stop();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            telemetry.close();
        }
    }
}
