package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.client.LogConnection;
import io.rondo.web.AggregatorTelemetry;
import io.rondo.web.TrainerTelemetry;
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
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an aggregator tells over HTTP, from before its job is there until after a restart. */
@WithCluster
class TelemetryIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final String name = "telemetry-" + UUID.randomUUID().toString().substring(0, 8);
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void shouldTellTheTruth(LogConnection cluster) throws Exception {
        TestJob job =
                TestJob.create().with(spec -> spec.setName(name).setRules(2).setDeadlineMs(120_000));
        try (Served served = new Served(cluster)) {
            served.await("/health/live", answer -> answer.statusCode() == 200);
            served.await(
                    "/health/ready", answer -> answer.body().equals("streams: waits for its job to be submitted\n"));
            try (JobDriver driver = JobDriver.submit(cluster, job)) {
                TRAINERS.forEach(driver::join);
                round(driver, 1);
                served.await("/health/ready", answer -> answer.statusCode() == 200);
                served.await("/metrics", answer -> has(answer, "rondo_rounds_published_total", "2.0"));
                assertThat(served.ask("/metrics").body())
                        .contains("kafka_consumer_fetch_manager_records_lag_max{")
                        .contains("kafka_stream_");
            }
        }
        try (Served again = new Served(cluster);
                JobDriver driver = JobDriver.attach(cluster, job)) {
            again.await("/metrics", answer -> has(answer, "rondo_rounds_published_total", "2.0"));
            round(driver, 2);
            driver.await(JobFinished.class, finished -> true);
            again.await("/metrics", answer -> has(answer, "rondo_rounds_published_total", "3.0"));
            again.await("/metrics", answer -> has(answer, "rondo_job_running", "0.0"));
        }
    }

    /** Not only the names: each selector finds a sample with its labels, and what a query groups by is there. */
    @Test
    @Tag("thorough")
    void shouldServeWhatTheDashboardAndTheAlertsAskFor(LogConnection cluster) throws Exception {
        TestJob job = TestJob.create()
                .with(spec -> spec.setName(name).setRules(2).setRounds(3).setDeadlineMs(5_000));
        try (Served served = new Served(cluster);
                JobDriver driver = JobDriver.submit(cluster, job);
                TrainerTelemetry trainer = TrainerTelemetry.start(
                        cluster, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test", name, "a")) {
            TRAINERS.forEach(driver::join);
            driver.sendBytes(driver.topics().manifests(), new byte[] {1, 2, 3});
            driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
            driver.update("a", 1);
            driver.update("a", 1);
            driver.update(
                    "b", 1, chunk -> TensorChunk.newBuilder(chunk).setCount(1).build());
            driver.update("c", 1);
            driver.awaitPublished(1);
            served.await(
                    "/metrics",
                    answer -> answer.body().contains("rondo_inputs_refused_total")
                            && answer.body().contains("rondo_updates_rejected_total")
                            && answer.body().contains("rondo_updates_revoked_total")
                            && has(answer, "rondo_rounds_published_total", "2.0"));

            String samples = served.ask("/metrics").body()
                    + ask(trainer.address(), "/metrics").body();

            MonitoringQueries.ofDashboard()
                    .forEach((panel, queries) ->
                            queries.forEach(query -> assertThat(MonitoringQueries.unanswered(query, samples))
                                    .as(panel)
                                    .isEmpty()));
            assertThat(MonitoringQueries.ofAlerts()).hasSizeGreaterThan(5).allSatisfy(query -> assertThat(
                            MonitoringQueries.unanswered(query, samples))
                    .isEmpty());
            assertThat(MonitoringQueries.unanswered("rate(rondo_updates_late_total{job=\"x\"}[5m])", samples))
                    .isNotEmpty();
            assertThat(MonitoringQueries.unanswered("sum by (site) (rondo_round_open)", samples))
                    .isNotEmpty();
        }
    }

    private HttpResponse<String> ask(InetSocketAddress address, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + address.getPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void round(JobDriver driver, int round) {
        driver.await(RoundOpened.class, opened -> opened.getRound() == round);
        TRAINERS.forEach(trainer -> driver.update(trainer, round));
        driver.awaitPublished(round);
    }

    private boolean has(HttpResponse<String> answer, String metric, String value) {
        return answer.body().contains(metric + "{job=\"" + name + "\"} " + value + "\n");
    }

    /** An aggregator with its telemetry, in this process. */
    private final class Served implements AutoCloseable {
        private final AggregatorTelemetry telemetry;
        private final AggregatorService service;
        private final Thread thread;

        Served(LogConnection cluster) {
            telemetry = AggregatorTelemetry.start(
                    cluster, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test");
            service = AggregatorService.create(
                    new AggregatorSettings(cluster, name, "one", directory.resolve("one")), telemetry);
            thread = new Thread(service::run, "aggregator");
            thread.start();
        }

        HttpResponse<String> ask(String path) throws IOException, InterruptedException {
            return TelemetryIT.this.ask(telemetry.address(), path);
        }

        void await(String path, Predicate<HttpResponse<String>> fits) throws IOException, InterruptedException {
            long giveUp = System.nanoTime() + PATIENCE.toNanos();
            HttpResponse<String> answer = ask(path);
            while (!fits.test(answer)) {
                assertThat(System.nanoTime()).as(path + ": " + answer.body()).isLessThan(giveUp);
                Thread.sleep(200);
                answer = ask(path);
            }
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
