package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.archive.JobArchiver;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.verify.VerificationProgress;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.DeadLetter;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The aggregator on a real broker and a real registry: three partitions, ten chunks, one Streams thread. */
@WithCluster
class AggregatorIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");

    @TempDir
    private Path stateDirectory;

    private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
    private final TestJob job = TestJob.create().with(spec -> spec.setName(name).setDeadlineMs(60_000));
    private LogConnection connection;
    private AggregatorService service;
    private Thread thread;
    private JobDriver driver;

    @BeforeEach
    void start(LogConnection cluster) {
        connection = cluster;
        service = AggregatorService.create(new AggregatorSettings(connection, name, "one", stateDirectory));
        thread = new Thread(service::run, "aggregator");
        thread.start();
        driver = JobDriver.submit(connection, job);
        TRAINERS.forEach(driver::join);
    }

    @AfterEach
    void stop() throws InterruptedException {
        driver.close();
        service.stop();
        thread.join();
    }

    @Test
    void shouldRunAJobToItsEndAndVerifyIt() {
        for (int round = 1; round <= 2; round++) {
            awaitOpen(round);
            for (String trainer : TRAINERS) {
                driver.update(trainer, round);
            }
            driver.awaitPublished(round);
        }
        driver.await(JobFinished.class, finished -> true);

        VerificationReport report = Verifier.verify(connection, name);
        assertThat(report.problems()).isEmpty();
        assertThat(report.identical()).isEqualTo(3);
        assertThat(adapter(1)).containsExactly(mean(1, TRAINERS));
        assertThat(driver.readAll(driver.topics().decisions(), 2))
                .isEqualTo(driver.readAll(driver.topics().decisions(), 0));
    }

    @Test
    @Tag("thorough")
    void shouldFoldTheSameBytesFromTheSameUpdatesInTheSameOrder() throws InterruptedException {
        List<String> order = List.of("c", "a", "b");
        awaitOpen(1);
        order.forEach(trainer -> driver.update(trainer, 1));
        RoundPublished first = driver.awaitPublished(1);

        withAnother(job, "twin", again -> {
            again.await(RoundOpened.class, opened -> opened.getRound() == 1);
            order.forEach(trainer -> again.update(trainer, 1));

            assertThat(again.awaitPublished(1).getChunkDigests()).isEqualTo(first.getChunkDigests());
        });
    }

    @Test
    @Tag("thorough")
    void shouldFoldTheMedianOfTheCohortAndVerifyIt() throws InterruptedException {
        TestJob robust = job.with(spec -> spec.setStrategy("coordinate-median"));
        withAnother(robust, "robust", again -> {
            for (int round = 1; round <= 2; round++) {
                int opening = round;
                again.await(RoundOpened.class, opened -> opened.getRound() == opening);
                for (String trainer : TRAINERS) {
                    again.update(trainer, round);
                }
                again.awaitPublished(round);
            }
            again.await(JobFinished.class, finished -> true);

            VerificationReport report = Verifier.verify(connection, name + "-robust");
            assertThat(report.problems()).isEmpty();
            assertThat(report.identical()).isEqualTo(3);
        });
    }

    /** Runs a job beside the test's own, with an aggregator of its own. */
    private void withAnother(TestJob other, String suffix, Consumer<JobDriver> test) throws InterruptedException {
        String otherName = name + "-" + suffix;
        AggregatorService another = AggregatorService.create(
                new AggregatorSettings(connection, otherName, "one", stateDirectory.resolve(suffix)));
        Thread running = new Thread(another::run, suffix);
        running.start();
        try (JobDriver again = JobDriver.submit(connection, other.with(spec -> spec.setName(otherName)))) {
            TRAINERS.forEach(again::join);
            test.accept(again);
        } finally {
            another.stop();
            running.join();
        }
    }

    /** Topics are read one after another, while the job writes to all of them. */
    @Test
    @Tag("thorough")
    void shouldVerifyAJobThatRuns() throws InterruptedException {
        int rounds = 12;
        withAnother(job.with(spec -> spec.setRounds(rounds)), "running", again -> {
            String running = again.topics().job();
            List<String> wrong = Collections.synchronizedList(new ArrayList<>());
            AtomicInteger verified = new AtomicInteger();
            AtomicBoolean isOver = new AtomicBoolean();
            Thread verifier = new Thread(() -> {
                while (!isOver.get() && wrong.isEmpty()) {
                    VerificationReport report = Verifier.verify(connection, running);
                    report.differences().forEach(difference -> wrong.add(difference.toString()));
                    Path copy = stateDirectory.resolve("archive-" + verified.incrementAndGet());
                    try {
                        JobArchiver.write(connection, running, RoundRange.ALL, copy, VerificationProgress.NONE);
                    } catch (RondoException e) {
                        wrong.add("archive: " + e.getMessage());
                    }
                }
            });
            again.await(RoundOpened.class, opened -> opened.getRound() == 1);
            verifier.start();
            try {
                for (int round = 1; round <= rounds; round++) {
                    int opening = round;
                    again.await(RoundOpened.class, opened -> opened.getRound() == opening);
                    again.sendBytes(again.topics().manifests(), new byte[] {1});
                    TRAINERS.forEach(trainer -> again.update(trainer, opening));
                }
                again.await(JobFinished.class, finished -> true);
            } finally {
                isOver.set(true);
                join(verifier);
            }

            assertThat(wrong).isEmpty();
            assertThat(verified).hasPositiveValue();
            assertThat(Verifier.verify(connection, running).identical()).isEqualTo(rounds + 1);
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Test
    @Tag("thorough")
    void shouldReviseARoundWhoseFaultOneOfThePartitionsShows() {
        awaitOpen(1);

        driver.update("a", 1);
        driver.update("b", 1, chunk -> chunk.getOrdinal() == 4 ? poisoned(chunk) : chunk);
        driver.update("c", 1);

        RoundPublished published = driver.awaitPublished(1);
        assertThat(published.getMembers()).extracting(CohortMember::getTrainer).containsExactly("a", "c");
        UpdateRejected rejected = driver.await(UpdateRejected.class, record -> true);
        assertThat(rejected.getReason()).isEqualTo("bad-digest");
        assertThat(rejected.getTrainer()).isEqualTo("b");
        assertThat(adapter(1)).containsExactly(mean(1, List.of("a", "c")));
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    @Test
    void shouldRefuseWhatDoesNotBelongAndLoseNothing() {
        awaitOpen(1);
        Topic manifests = driver.topics().manifests();

        driver.sendBytes(manifests, "not a record".getBytes(StandardCharsets.UTF_8));
        driver.sendBytes(manifests, new byte[] {0, 0x7f, 0, 0, 0, 1, 2});
        driver.sendBytes(driver.topics().round(1), new byte[] {0, 0, 0, 0, 1});
        driver.send(manifests, job.joined("a", "i-a"));
        UpdateManifest orphan = driver.uploadChunks("a", "i-a", 1, UnaryOperator.identity());
        driver.send(
                manifests, UpdateManifest.newBuilder(orphan).setBaseRound(-1).build());
        driver.send(manifests, UpdateManifest.newBuilder(orphan).setElements(7).build());
        driver.update("a", 1);
        driver.update("a", 1);
        driver.update("b", 1);
        driver.update("c", 1);
        driver.awaitPublished(1);
        driver.update("c", 1);
        driver.await(UpdateRejected.class, rejected -> rejected.getReason().equals("late"));

        assertThat(driver.readAll(driver.topics().deadLetters(), 0))
                .extracting(letter -> ((DeadLetter) letter).getReason())
                .containsExactly(
                        "unreadable",
                        "unknown-schema",
                        "duplicate",
                        "wrong-base-round",
                        "wrong-shape",
                        "duplicate",
                        "late");
        assertThat(adapter(1)).containsExactly(mean(1, TRAINERS));
    }

    @Test
    @Tag("thorough")
    void shouldReportALogThatWasTamperedWith() {
        awaitOpen(1);
        TRAINERS.forEach(trainer -> driver.update(trainer, 1));
        RoundPublished published = driver.awaitPublished(1);
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();

        AdapterChunk chunk = (AdapterChunk) driver.readAll(driver.topics().globalAdapter(), 0).stream()
                .filter(record -> ((AdapterChunk) record).getRound() == 1)
                .findFirst()
                .orElseThrow();
        float[] other = job.values("somebody", 1);
        driver.send(
                driver.topics().globalAdapter(),
                AdapterChunk.newBuilder(chunk)
                        .setValues(job.chunks("somebody", "x", 1, other).get(0).getValues())
                        .build());

        VerificationReport report = Verifier.verify(connection, name);
        assertThat(report.isSound()).isFalse();
        assertThat(report.rounds().get(1).isIdentical()).isFalse();
        assertThat(report.rounds().get(1).problem()).contains("chunk 0");
        assertThat(published.getRound()).isEqualTo(1);
    }

    private void awaitOpen(int round) {
        driver.await(RoundOpened.class, opened -> opened.getRound() == round);
    }

    private float[] adapter(int round) {
        List<AdapterChunk> chunks = new ArrayList<>();
        RoundPublished published = driver.awaitPublished(round);
        for (int partition = 0; partition < job.spec().getPartitions(); partition++) {
            for (SpecificRecord record : driver.readAll(driver.topics().globalAdapter(), partition)) {
                AdapterChunk chunk = (AdapterChunk) record;
                if (chunk.getRound() == round && chunk.getRevision() == published.getRevision()) {
                    chunks.add(chunk);
                }
            }
        }
        assertThat(chunks).hasSize(job.flat(round).chunks());
        return job.assemble(round, chunks);
    }

    /** The mean of updates of equal weight, in plain arithmetic. */
    private float[] mean(int round, List<String> trainers) {
        float[] mean = new float[job.flat(round).elements()];
        double weight = 101;
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (String trainer : trainers) {
                sum += weight * job.values(trainer, round)[i];
            }
            mean[i] = (float) (sum / (weight * trainers.size()));
        }
        return mean;
    }

    private TensorChunk poisoned(TensorChunk chunk) {
        float[] other = job.values("poison", chunk.getRound());
        return TensorChunk.newBuilder(chunk)
                .setValues(job.chunks("poison", "x", chunk.getRound(), other)
                        .get(chunk.getOrdinal())
                        .getValues())
                .build();
    }
}
