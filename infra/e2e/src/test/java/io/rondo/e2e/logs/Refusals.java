package io.rondo.e2e.logs;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.AbortRequested;
import io.rondo.log.DType;
import io.rondo.log.EvaluationReported;
import io.rondo.log.JobSubmitted;
import io.rondo.log.OffsetRange;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Gives almost every reason to refuse a record. The words of a refusal are in the log too, and a verifier recomputes
 * them: a word that changes makes old logs differ. Not here: an unknown schema, whose words are the registry's, a record
 * over the size limit, and a job that cannot be run.
 */
final class Refusals {
    static final List<String> TRAINERS = List.of("a", "b", "c", "d");

    private static final String OTHER_JOB = "0b4e4f4e-0000-4000-8000-000000000002";
    private static final int ONE_METRIC_TOO_MANY = 65;

    private final Stage stage;
    private final JobDriver driver;
    private final Topic commands;
    private final Topic manifests;

    private Refusals(Stage stage) {
        this.stage = stage;
        this.driver = stage.driver();
        this.commands = driver.topics().commands();
        this.manifests = driver.topics().manifests();
    }

    static void play(Stage stage) throws InterruptedException {
        new Refusals(stage).play();
    }

    private void play() throws InterruptedException {
        stage.serve("one", () -> {
            stage.join();
            stage.awaitOpen(1);
            noise();
            steering();
            joining();
            manifests();
            evaluations();
            faults();
            driver.update("a", 1);
            driver.update("a", 1);
            driver.upload("b", "newer", 1, UnaryOperator.identity());
            driver.update("c", 1);
            stage.awaitOpen(2);
            driver.update("c", 1);
            driver.update("a", 2);
            driver.upload("b", "newer", 2, UnaryOperator.identity());
        });
        Thread.sleep(stage.job().spec().getDeadlineMs());
        driver.update("c", 2);
        stage.serve("two", stage::awaitEnd);
    }

    private void noise() {
        for (Topic topic : List.of(commands, manifests)) {
            driver.sendBytes(topic, null);
            driver.sendBytes(topic, new byte[] {1, 2, 3});
        }
    }

    private void steering() {
        driver.send(
                commands,
                JobSubmitted.newBuilder(driver.submitted())
                        .setJobUuid(OTHER_JOB)
                        .build());
        driver.send(commands, new PauseRequested(OTHER_JOB, "", 1L, null));
        driver.send(commands, new ResumeRequested(TestJob.UUID, "", 2L, null));
        driver.send(commands, new AbortRequested(OTHER_JOB, "", 3L, null));
        driver.send(commands, stage.job().joined("a", "i-a"));
        driver.send(manifests, new PauseRequested(TestJob.UUID, "", 4L, null));
    }

    private void joining() {
        TrainerJoined sound = stage.job().joined("b", "newer");
        driver.send(manifests, sound);
        driver.send(manifests, sound);
        driver.join("b", "i-b");
        join(sound, joined -> joined.setJobUuid(OTHER_JOB));
        join(sound, joined -> joined.setTrainer("No Trainer"));
        join(sound, joined -> joined.setTrainer("submitter"));
        join(sound, joined -> joined.setIncarnation("no incarnation"));
        join(sound, joined -> joined.setLayoutDigest(Digests.of(new byte[0])));
        driver.send(manifests, new TrainerLeft(TestJob.UUID, "b", "i-b", "not the newest", null));
        driver.join("e");
    }

    private void join(TrainerJoined sound, UnaryOperator<TrainerJoined.Builder> fault) {
        driver.send(manifests, fault.apply(TrainerJoined.newBuilder(sound)).build());
    }

    private void manifests() {
        UpdateManifest sound = driver.uploadChunks("a", "i-a", 1, UnaryOperator.identity());
        send(sound, manifest -> manifest.setJobUuid(OTHER_JOB));
        send(sound, manifest -> manifest.setTrainer("No Trainer"));
        send(sound, manifest -> manifest.setAttempt("no attempt"));
        send(sound, manifest -> manifest.setTrainer("b").setIncarnation("i-b"));
        send(sound, manifest -> manifest.setIncarnation("unknown"));
        send(sound, manifest -> manifest.setRound(7));
        send(sound, manifest -> manifest.setTrainer("e").setIncarnation("i-e"));
        send(sound, manifest -> manifest.setBaseRound(-1));
        send(sound, manifest -> manifest.setElements(7));
        send(sound, manifest -> manifest.setDtype(DType.BF16));
        send(sound, manifest -> manifest.setDigest(Digests.of(new byte[0])));
        send(sound, manifest -> manifest.setNumExamples(0));
        send(sound, manifest -> manifest.setMetrics(tooMany()));
        send(sound, manifest -> manifest.setRanges(List.of()));
        send(sound, manifest -> {
            List<OffsetRange> ranges = new ArrayList<>(sound.getRanges());
            ranges.set(0, new OffsetRange(0, 5L, 5L));
            manifest.setRanges(ranges);
        });
    }

    private void send(UpdateManifest sound, Consumer<UpdateManifest.Builder> fault) {
        UpdateManifest.Builder manifest = UpdateManifest.newBuilder(sound);
        fault.accept(manifest);
        driver.send(manifests, manifest.build());
    }

    private void evaluations() {
        EvaluationReported sound = stage.job().evaluation("a", "i-a", 0);
        driver.send(manifests, sound);
        for (EvaluationReported faulty : List.of(
                EvaluationReported.newBuilder(sound).setIncarnation("unknown").build(),
                EvaluationReported.newBuilder(sound).setRound(7).build(),
                EvaluationReported.newBuilder(sound).setMetrics(tooMany()).build())) {
            driver.send(manifests, faulty);
        }
    }

    private static Map<String, Double> tooMany() {
        return IntStream.range(0, ONE_METRIC_TOO_MANY).boxed().collect(Collectors.toMap(i -> "m" + i, i -> 0.0));
    }

    /** What only the chunks show: three faults of one trainer, after which it is not read again, and one of another. */
    private void faults() {
        revoke(driver.uploadChunks("d", "i-d", 1, chunk -> chunk.getOrdinal() == 1 ? zeros(chunk) : chunk));
        revoke(notFinite());
        revoke(UpdateManifest.newBuilder(driver.uploadChunks("d", "i-d", 1, UnaryOperator.identity()))
                .setAttempt("not-sent")
                .build());
        driver.update("d", 1);
        revoke(driver.uploadChunks("c", "i-c", 1, chunk -> chunk.getOrdinal() == 1 ? moved(chunk) : chunk));
    }

    private void revoke(UpdateManifest manifest) {
        driver.send(manifests, manifest);
        driver.await(
                UpdateRejected.class,
                rejected -> rejected.getRevoked() && rejected.getAttempt().equals(manifest.getAttempt()));
    }

    private UpdateManifest notFinite() {
        List<Sha256> digests = new ArrayList<>();
        UpdateManifest manifest = driver.uploadChunks("d", "i-d", 1, chunk -> {
            byte[] values = new byte[chunk.getValues().remaining()];
            ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).putFloat(Float.NaN);
            Sha256 digest = Digests.of(values);
            digests.add(digest);
            return TensorChunk.newBuilder(chunk)
                    .setValues(ByteBuffer.wrap(values))
                    .setDigest(digest)
                    .build();
        });
        return UpdateManifest.newBuilder(manifest)
                .setChunkDigests(digests)
                .setDigest(Digests.ofDigests(digests))
                .build();
    }

    private static TensorChunk zeros(TensorChunk chunk) {
        return TensorChunk.newBuilder(chunk)
                .setValues(ByteBuffer.allocate(chunk.getValues().remaining()))
                .build();
    }

    private static TensorChunk moved(TensorChunk chunk) {
        return TensorChunk.newBuilder(chunk).setPosition(0).build();
    }
}
