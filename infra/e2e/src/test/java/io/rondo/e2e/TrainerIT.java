package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.job.JobFile;
import io.rondo.e2e.kill.TrainerCrash;
import io.rondo.log.JobSpec;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import io.rondo.trainer.runtime.TrainerListener;
import io.rondo.trainer.runtime.state.StateDirectory;
import io.rondo.trainer.runtime.state.TrainerState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainer services on a real broker with a real aggregator: killed, late, or two at once. */
@WithCluster
class TrainerIT {
    @TempDir
    private Path directory;

    private final String name = "trainer-" + UUID.randomUUID().toString().substring(0, 8);
    private LogConnection connection;

    @BeforeEach
    void connect(LogConnection cluster) {
        connection = cluster;
    }

    @Test
    void shouldComeThroughAKillAtEveryPointOfARoundAsIfThereHadBeenNone() throws Exception {
        List<String> points =
                List.of("while-writing-state", "before-upload", "within-upload", "before-manifest", "after-manifest");
        int rounds = points.size() + 1;
        List<Tensor> undisturbed = undisturbed(rounds);

        try (PocketFederation federation = new PocketFederation(connection, directory, spec(name, rounds, 2))) {
            federation.submit(new PocketTrainerFactory());
            federation.train("b", new PocketTrainerFactory());
            for (int round = 1; round <= points.size(); round++) {
                try (JavaProcess killed = trainer("a", points.get(round - 1) + ":" + round)) {
                    assertThat(killed.awaitExit()).as(killed.output()).isEqualTo(TrainerCrash.KILLED);
                    assertThat(killed.output()).contains("trained " + round);
                }
            }
            try (JavaProcess last = trainer("a", "")) {
                assertThat(last.awaitExit()).as(last.output()).isZero();
                assertThat(last.output()).contains("finished " + rounds);
            }
            federation.awaitEnd();
        }

        assertThat(state("a").parameters()).isEqualTo(undisturbed);
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    /** Trainer a's parameters after the same job without a kill. */
    private List<Tensor> undisturbed(int rounds) throws Exception {
        Path elsewhere = directory.resolve("undisturbed");
        try (PocketFederation federation =
                new PocketFederation(connection, elsewhere, spec(name + "-twin", rounds, 2))) {
            federation.submit(new PocketTrainerFactory());
            federation.train("a", new PocketTrainerFactory());
            federation.train("b", new PocketTrainerFactory());
            federation.awaitEnd();
        }
        return state(elsewhere.resolve("a")).parameters();
    }

    @Test
    @Tag("thorough")
    void shouldResumeWithItsOwnBWhenTheRoundClosedWithoutIt() throws Exception {
        JobSpec spec = JobSpec.newBuilder(spec(name, 3, 2))
                .setQuorum("1")
                .setDeadlineMs(10_000)
                .build();
        CountDownLatch published = new CountDownLatch(1);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec)) {
            federation.submit(new PocketTrainerFactory());
            federation.train("b", new GatedFactory(3, published::countDown, new CountDownLatch(0)));
            try (JavaProcess killed = trainer("a", "before-upload:2")) {
                assertThat(killed.awaitExit()).as(killed.output()).isEqualTo(TrainerCrash.KILLED);
            }
            TrainerState saved = state("a");
            published.await();

            GatedFactory watched = new GatedFactory(-1, () -> {}, new CountDownLatch(0));
            federation.train("a", watched);
            federation.awaitEnd();

            assertThat(saved.trainedRound()).isEqualTo(2);
            assertThat(local(watched.firstEvaluated())).isEqualTo(local(saved.parameters()));
            assertThat(shared(watched.firstEvaluated()))
                    .as("A comes from the round that closed without it")
                    .isNotEqualTo(shared(saved.parameters()));
            assertThat(watched.rounds()).doesNotContain(1, 2);
        }
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    @Test
    @Tag("thorough")
    void shouldLetALateJoinerCatchUpFromTheLog() throws Exception {
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch joined = new CountDownLatch(1);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec(name, 6, 1))) {
            federation.submit(new PocketTrainerFactory());
            federation.train("b", new GatedFactory(4, underWay::countDown, joined));
            underWay.await();
            GatedFactory late = new GatedFactory(-1, () -> {}, new CountDownLatch(0));
            federation.train("a", late);
            late.awaitEvaluation();
            joined.countDown();
            federation.awaitEnd();

            assertThat(late.rounds()).as("round 4 was open before it joined").isEqualTo(List.of(5, 6));
            assertThat(late.firstEvaluated().stream()
                            .filter(tensor -> tensor.name().contains("lora_B")))
                    .isNotEmpty()
                    .allSatisfy(tensor -> assertThat(tensor.values()).containsOnly(0f));
        }
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    @Test
    @Tag("thorough")
    void shouldFenceTheOlderOfTwoTrainersWithOneId() throws Exception {
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch joined = new CountDownLatch(1);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec(name, 3, 1))) {
            federation.submit(new PocketTrainerFactory());
            Future<?> older =
                    federation.serve("a", new GatedFactory(2, underWay::countDown, joined), directory.resolve("older"));
            underWay.await();
            GatedFactory second = new GatedFactory(-1, () -> {}, new CountDownLatch(0));
            Future<?> newer = federation.serve("a", second, directory.resolve("newer"));
            second.awaitEvaluation();
            joined.countDown();

            assertThatThrownBy(older::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .asInstanceOf(type(RondoException.class))
                    .returns(ErrorCode.TRAINER_FENCED, RondoException::code)
                    .satisfies(e -> assertThat(e).hasMessageContaining("'a'"));
            newer.get();
            assertThat(second.rounds()).isEqualTo(List.of(2, 3));
        }
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    /** What everybody sends after the deadline is refused, and asked for again: else nobody would ever answer the round. */
    @Test
    @Tag("thorough")
    void shouldSendAgainWhatWasLateWhenTheRoundIsExtended() throws Exception {
        JobSpec spec = JobSpec.newBuilder(spec(name, 2, 2)).setDeadlineMs(6_000).build();
        CountDownLatch gate = new CountDownLatch(1);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec)) {
            federation.submit(new PocketTrainerFactory());
            List<Late> trainers = List.of(new Late(), new Late());
            List<GatedFactory> factories = trainers.stream()
                    .map(late -> new GatedFactory(1, late.asked::countDown, gate))
                    .toList();
            federation.train("a", factories.get(0), trainers.get(0));
            federation.train("b", factories.get(1), trainers.get(1));
            for (Late late : trainers) {
                late.asked.await();
            }
            federation.withoutAggregator(() -> {
                Thread.sleep(spec.getDeadlineMs());
                gate.countDown();
                for (Late late : trainers) {
                    late.uploaded.await();
                }
            });
            federation.awaitEnd();

            assertThat(trainers).allSatisfy(late -> assertThat(late.events).startsWith("late", "again"));
            assertThat(factories)
                    .allSatisfy(factory -> assertThat(factory.rounds()).containsExactly(1, 2));
        } finally {
            gate.countDown();
        }
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    private static final class Late implements TrainerListener {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch uploaded = new CountDownLatch(1);
        private final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void uploaded(int round, long bytes, long millis) {
            uploaded.countDown();
        }

        @Override
        public void rejected(int round, String reason, String detail) {
            events.add(reason);
        }

        @Override
        public void resuming(int round) {
            events.add("again");
        }
    }

    @Test
    @Tag("thorough")
    void shouldTellATrainerThatItsUpdateWasRejected() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec(name, 2, 2))) {
            federation.submit(new PocketTrainerFactory());
            federation.train("b", new GatedFactory(1, () -> {}, release));
            try (JavaProcess killed = trainer("a", "after-manifest:1")) {
                assertThat(killed.awaitExit()).as(killed.output()).isEqualTo(TrainerCrash.KILLED);
            }
            try (JavaProcess again = trainer("a", "")) {
                again.awaitOutput("rejected 1 duplicate");
                release.countDown();
                assertThat(again.awaitExit()).as(again.output()).isZero();
                assertThat(again.output()).contains("resuming 1").doesNotContain("trained 1");
            }
            federation.awaitEnd();
        } finally {
            release.countDown();
        }
    }

    private JavaProcess trainer(String id, String crashPoint) {
        List<String> jvm = new ArrayList<>();
        if (!crashPoint.isEmpty()) {
            jvm.add(TrainerCrash.argument(crashPoint));
        }
        return JavaProcess.start(
                TrainerMain.class,
                jvm,
                List.of(
                        connection.bootstrapServers(),
                        connection.schemaRegistry(),
                        name,
                        id,
                        directory.resolve(id).toString(),
                        PocketFederation.writeData(directory, id).toString()));
    }

    private static JobSpec spec(String job, int rounds, int trainers) {
        return JobFile.of(List.of(
                "name=" + job,
                "rank=4",
                "rounds=" + rounds,
                "local-steps=5",
                "batch-size=8",
                "learning-rate=0.5",
                "labels=[no, yes]",
                "partitions=3",
                "chunk-bytes=64",
                "quorum=100%",
                "deadline=60s",
                "min-trainers=" + trainers));
    }

    private TrainerState state(String trainer) {
        return state(directory.resolve(trainer));
    }

    private static TrainerState state(Path stateDirectory) {
        try (StateDirectory open = StateDirectory.open(stateDirectory)) {
            return open.load().orElseThrow();
        }
    }

    private static List<Tensor> local(List<Tensor> parameters) {
        return parameters.stream()
                .filter(tensor -> !tensor.name().contains("lora_A"))
                .toList();
    }

    private static List<Tensor> shared(List<Tensor> parameters) {
        return parameters.stream()
                .filter(tensor -> tensor.name().contains("lora_A"))
                .toList();
    }
}
