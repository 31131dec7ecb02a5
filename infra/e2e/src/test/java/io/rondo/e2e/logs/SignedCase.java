package io.rondo.e2e.logs;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.AbortRequested;
import io.rondo.log.JobFinished;
import io.rondo.log.PauseRequested;
import io.rondo.log.RoundOpened;
import io.rondo.log.Sha256;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyAdded;
import io.rondo.log.TrainerKeyRevokeRequested;
import io.rondo.log.TrainerKeyRevoked;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.sign.CanonicalText;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;

/** A signed job whose trainers are played, and somebody without a key who writes to its topics. */
record SignedCase(String name, String what) implements LogCase {
    private static final SigningKey OPERATOR = key(1);
    private static final SigningKey AGGREGATOR = key(2);
    private static final SigningKey FOREIGN = key(3);
    private static final SigningKey FIRST_OF_B = key(11);
    private static final SigningKey SECOND_OF_B = key(12);
    private static final String OTHER_JOB = "0b4e4f4e-0000-4000-8000-000000000002";
    private static final long DEADLINE_MS = 120_000;

    private static SigningKey key(int number) {
        byte[] seed = new byte[32];
        seed[0] = (byte) number;
        return SigningKey.ofSeed(seed);
    }

    private TestJob job() {
        return TestJob.create().with(spec -> spec.setName(name)
                .setRules(4)
                .setPartitions(2)
                .setMinTrainers(2)
                .setQuorum("100%")
                .setDeadlineMs(DEADLINE_MS)
                .setOperatorKey(OPERATOR.verifyingKey().toString())
                .setAggregatorKey(AGGREGATOR.verifyingKey().toString()));
    }

    @Override
    public int chunkBytes() {
        return job().spec().getChunkBytes();
    }

    @Override
    public String export() {
        return "--warm-start";
    }

    @Override
    public void play(LogConnection cluster, Path directory) throws InterruptedException {
        try (JobDriver driver = JobDriver.create(cluster, job())) {
            AggregatorService service =
                    AggregatorService.create(new AggregatorSettings(cluster, name, "one", directory.resolve("one"))
                            .signingWith(Optional.of(AGGREGATOR)));
            Thread thread = new Thread(service::run, "aggregator one");
            thread.start();
            try {
                new Script(driver, job()).play();
            } finally {
                service.stop();
                thread.join();
            }
        }
    }

    /** What the operator, the trainers and the others send. */
    private static final class Script {
        private final JobDriver driver;
        private final TestJob job;
        private final Topic commands;
        private final Topic manifests;
        private final Map<String, SigningKey> keys = new HashMap<>(Map.of("a", key(10), "b", FIRST_OF_B));
        private final Map<String, Long> numbers = new HashMap<>();

        Script(JobDriver driver, TestJob job) {
            this.driver = driver;
            this.job = job;
            this.commands = driver.topics().commands();
            this.manifests = driver.topics().manifests();
        }

        void play() throws InterruptedException {
            driver.send(commands, OPERATOR.signed(job.submitted(), 0, null));
            UpdateManifest initial = driver.uploadChunks(Identifiers.SUBMITTER, "", 0, UnaryOperator.identity());
            driver.send(manifests, OPERATOR.signed(initial, 0, null));
            add("a", keys.get("a"), 1);
            add("b", FIRST_OF_B, 2);
            strangers();
            TrainerJoined joined = own("a", job.joined("a", "i-a"), null);
            driver.send(manifests, joined);
            say("b", job.joined("b", "i-b"), null);

            Sha256 first = opened(1);
            say("a", driver.uploadChunks("a", "i-a", 1, UnaryOperator.identity()), first);
            driver.send(manifests, joined);
            steering();
            // of another history: the round opened with other words there
            say("b", driver.uploadChunks("b", "i-b", 1, UnaryOperator.identity()), Digests.of(new byte[] {1}));
            say("b", driver.uploadChunks("b", "i-b", 1, UnaryOperator.identity()), first);
            driver.awaitPublished(1);
            say("a", job.evaluation("a", "i-a", 1), first);

            Sha256 second = opened(2);
            add("b", SECOND_OF_B, 3);
            revoke("b", FIRST_OF_B, 4);
            say("b", job.evaluation("b", "i-b", 1), second);
            keys.put("b", SECOND_OF_B);
            say("b", job.evaluation("b", "i-b", 1), second);
            for (String trainer : List.of("a", "b")) {
                say(trainer, driver.uploadChunks(trainer, "i-" + trainer, 2, UnaryOperator.identity()), second);
            }
            driver.await(JobFinished.class, finished -> true);
        }

        /** In the name of a, unsigned, by another's key, and in one's own name. */
        private void strangers() {
            driver.send(manifests, job.joined("a", "false"));
            driver.send(manifests, FOREIGN.signed(job.joined("a", "false"), 0, null));
            driver.send(manifests, FOREIGN.signed(job.joined("mallory", "false"), 0, null));
        }

        /** Unsigned, of another job, and with a number that was there already. */
        private void steering() {
            driver.send(commands, new AbortRequested(TestJob.UUID, "", 3L, null));
            driver.send(commands, OPERATOR.signed(new PauseRequested(OTHER_JOB, "", 4L, null), 3, null));
            driver.send(commands, OPERATOR.signed(new PauseRequested(TestJob.UUID, "", 5L, null), 2, null));
        }

        private void say(String trainer, SpecificRecord record, Sha256 opened) {
            driver.send(manifests, own(trainer, record, opened));
        }

        private <T extends SpecificRecord> T own(String trainer, T record, Sha256 opened) {
            long number = numbers.merge(trainer, 1L, Long::sum) - 1;
            return keys.get(trainer).signed(record, number, opened);
        }

        private Sha256 opened(int round) {
            return CanonicalText.digest(driver.await(RoundOpened.class, opened -> opened.getRound() == round));
        }

        private void add(String trainer, SigningKey key, long number) throws InterruptedException {
            String text = key.verifyingKey().toString();
            driver.send(
                    commands,
                    OPERATOR.signed(
                            new TrainerKeyAddRequested(TestJob.UUID, trainer, text, number, null), number, null));
            await(TrainerKeyAdded.class, number);
        }

        private void revoke(String trainer, SigningKey key, long number) throws InterruptedException {
            String text = key.verifyingKey().toString();
            driver.send(
                    commands,
                    OPERATOR.signed(
                            new TrainerKeyRevokeRequested(TestJob.UUID, trainer, text, "", number, null),
                            number,
                            null));
            await(TrainerKeyRevoked.class, number);
        }

        /** What is decided about keys is on no topic that trainers follow. */
        private void await(Class<? extends SpecificRecord> answer, long number) throws InterruptedException {
            for (int attempt = 0; attempt < 600; attempt++) {
                boolean there = driver.readAll(driver.topics().decisions(), 0).stream()
                        .anyMatch(decision -> answer.isInstance(decision) && sequence(decision) == number);
                if (there) {
                    return;
                }
                Thread.sleep(100);
            }
            throw new AssertionError("no " + answer.getSimpleName() + " of command " + number);
        }

        private static long sequence(SpecificRecord decision) {
            return decision instanceof TrainerKeyAdded added
                    ? added.getHeader().getSource().getSequence()
                    : ((TrainerKeyRevoked) decision).getHeader().getSource().getSequence();
        }
    }
}
