package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.log.DType;
import io.rondo.log.EvaluationReported;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.PlausibleValues;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.api.kit.DecoratedFactory;
import io.rondo.trainer.api.kit.DelegatingTrainer;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import io.rondo.trainer.runtime.state.StateDirectory;
import io.rondo.trainer.runtime.state.TrainerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerLoopTest {
    private static final String ME = "site-a";

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    @BeforeEach
    void writeData() throws IOException {
        Files.writeString(
                root.resolve("train.tsv"), "sentence\tlabel\na fine day\tgood\na grim day\tbad\nfine\tgood\n");
        Files.writeString(root.resolve("test.tsv"), "sentence\tlabel\nfine\tgood\ngrim\tbad\n");
    }

    @Test
    void shouldTakePartInEveryRound() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2));

        run(aggregator);

        assertThat(heard.events)
                .containsExactly(
                        "joined -1",
                        "adapter 0",
                        "evaluated 0 [test/accuracy, test/loss]",
                        "trained 1",
                        "uploaded 1",
                        "adapter 1",
                        "evaluated 1 [test/accuracy, test/loss]",
                        "trained 2",
                        "uploaded 2",
                        "adapter 2",
                        "evaluated 2 [test/accuracy, test/loss]",
                        "finished 2");
        assertThat(aggregator.announced.stream().map(Object::getClass).toList())
                .containsExactly(
                        TrainerJoined.class,
                        EvaluationReported.class,
                        EvaluationReported.class,
                        EvaluationReported.class,
                        TrainerLeft.class);
        assertThat(last(aggregator, TrainerLeft.class).getReason()).isEqualTo("finished");
    }

    @Test
    void shouldSendTheSharedTensorsAsTheyWereTrainedAndNothingElse() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 1));

        run(aggregator);

        TrainerState state = state();
        assertThat(aggregator.adapters.get(1))
                .isEqualTo(aggregator.records.job().flat(1).flatten(byName(state.parameters())));
        assertThat(state.parameters().get(1).values()).as("B is trained").isNotEqualTo(new float[16 * 4]);
        UpdateManifest manifest = aggregator.manifests.get(0);
        assertThat(manifest.getNumExamples()).isEqualTo(3);
        assertThat(manifest.getBaseRound()).isZero();
        assertThat(manifest.getMetrics()).containsOnlyKeys("loss");
        assertThat(aggregator.chunks).hasSize(manifest.getChunkDigests().size());
    }

    @ParameterizedTest
    @EnumSource(Crash.Point.class)
    void shouldGoOnAfterACrashAsIfThereHadBeenNone(Crash.Point point) {
        FakeAggregator undisturbed = new FakeAggregator(Records.of("fedsa", 4));
        run(undisturbed);
        List<Tensor> expected = state().parameters();
        deleteState();

        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 4));
        heard.events.clear();
        Crash crash = new Crash(point, 2);
        heard.onTrained = round -> crash.whileWritingState(root.resolve("state"), round);
        assertThatThrownBy(() -> run(aggregator, crash)).isInstanceOf(Crash.Killed.class);
        heard.onTrained = round -> {};
        run(aggregator);

        assertThat(state().parameters()).isEqualTo(expected);
        undisturbed.adapters.forEach(
                (round, values) -> assertThat(aggregator.adapters.get(round)).isEqualTo(values));
        // a training that was never saved never happened; one that was saved is not repeated
        long trained = heard.events.stream().filter("trained 2"::equals).count();
        assertThat(trained).isEqualTo(point == Crash.Point.WHILE_WRITING_STATE ? 2 : 1);
        assertThat(aggregator.manifests.stream().map(UpdateManifest::getRound)).containsExactly(1, 2, 3, 4);
        assertThat(aggregator.manifests.stream().map(UpdateManifest::getAttempt))
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldNeverReuseTheAttemptOfACutUpload() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2));
        Crash crash = new Crash(Crash.Point.WITHIN_UPLOAD, 1);
        assertThatThrownBy(() -> run(aggregator, crash)).isInstanceOf(Crash.Killed.class);
        Set<String> orphans =
                aggregator.chunks.stream().map(TensorChunk::getAttempt).collect(Collectors.toSet());

        run(aggregator);

        assertThat(heard.events).contains("resuming 1");
        assertThat(orphans)
                .hasSize(1)
                .doesNotContain(aggregator.manifests.get(0).getAttempt());
    }

    @Test
    void shouldTellADuplicateAndGoOnWhenTheManifestWasSentBeforeTheCrash() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2)).holdAfter(0);
        aggregator.log(Crash.NEVER).announce(joined("site-b"), null);
        aggregator.log(Crash.NEVER).announce(joined(ME), null);
        aggregator.resume();
        Crash crash = new Crash(Crash.Point.AFTER_MANIFEST, 1);
        assertThatThrownBy(() -> run(aggregator, crash)).isInstanceOf(Crash.Killed.class);

        run(aggregator);

        assertThat(heard.events).contains("resuming 1", "rejected 1 duplicate");
        assertThat(aggregator.adapters).hasSize(1);
    }

    @Test
    void shouldSendTheSameValuesAgainWhenTheRoundThatItMissedIsExtended() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 1))
                .answerNext(manifest -> List.of(
                        Records.rejected(1, ME, manifest.getIncarnation(), manifest.getAttempt(), "late"),
                        Records.extended(1)));

        run(aggregator);

        assertThat(heard.events)
                .containsSubsequence(
                        "trained 1", "uploaded 1", "rejected 1 late", "resuming 1", "uploaded 1", "adapter 1")
                .containsOnlyOnce("trained 1");
        assertThat(aggregator.manifests).hasSize(2);
        assertThat(aggregator.manifests.get(1).getDigest())
                .isEqualTo(aggregator.manifests.get(0).getDigest());
        assertThat(aggregator.manifests.get(1).getAttempt())
                .isNotEqualTo(aggregator.manifests.get(0).getAttempt());
    }

    @Test
    void shouldNotEvaluateAnAdapterWithTheBOfALaterRound() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2));
        Crash crash = new Crash(Crash.Point.BEFORE_UPLOAD, 2);
        assertThatThrownBy(() -> run(aggregator, crash)).isInstanceOf(Crash.Killed.class);
        heard.events.clear();

        run(aggregator);

        assertThat(heard.events)
                .startsWith("joined 1", "adapter 1", "resuming 2")
                .contains("evaluated 2 [test/accuracy, test/loss]");
    }

    @Test
    void shouldKeepItsBWhenARoundWasPublishedWithoutIt() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 3));
        Crash crash = new Crash(Crash.Point.BEFORE_UPLOAD, 2);
        assertThatThrownBy(() -> run(aggregator, crash)).isInstanceOf(Crash.Killed.class);
        Tensor trainedB = state().parameters().get(1);
        aggregator.publish(2, aggregator.random(2));
        List<Tensor> started = new ArrayList<>();
        heard.onAdapter = trainer -> started.addAll(trainer.parameters());

        run(aggregator);

        assertThat(started.get(1)).isEqualTo(trainedB);
        assertThat(started.get(0).values())
                .isEqualTo(Arrays.copyOf(aggregator.random(2), started.get(0).size()));
        assertThat(aggregator.manifests.stream().map(UpdateManifest::getRound)).containsExactly(1, 3);
    }

    @Test
    void shouldStartALateJoinerFromTheCurrentAdapterWithAFreshB() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 9));
        for (int round = 1; round <= 7; round++) {
            aggregator.publish(round, aggregator.random(round));
        }
        List<Tensor> started = new ArrayList<>();
        heard.onAdapter = trainer -> {
            if (started.isEmpty()) {
                started.addAll(trainer.parameters());
            }
        };

        run(aggregator);

        assertThat(heard.events)
                .startsWith("joined -1", "adapter 7", "evaluated 7 [test/accuracy, test/loss]", "trained 8");
        assertThat(started.get(0).values())
                .isEqualTo(Arrays.copyOf(aggregator.random(7), started.get(0).size()));
        assertThat(started.get(1).values()).containsOnly(0f);
    }

    @Test
    void shouldTakeEachTensorFromTheRoundThatHoldsItsCurrentValue() {
        // rolora publishes B in odd rounds and A in even ones
        FakeAggregator aggregator = new FakeAggregator(Records.of("rolora", 6));
        for (int round = 1; round <= 5; round++) {
            aggregator.publish(round, aggregator.random(round));
        }
        List<Tensor> started = new ArrayList<>();
        heard.onAdapter = trainer -> {
            if (started.isEmpty()) {
                started.addAll(trainer.parameters());
            }
        };

        run(aggregator);

        assertThat(started.get(0).values())
                .isEqualTo(Arrays.copyOf(aggregator.random(4), started.get(0).size()));
        assertThat(started.get(1).values())
                .isEqualTo(Arrays.copyOf(aggregator.random(5), started.get(1).size()));
    }

    @Test
    void shouldKeepFrozenTensorsInARound() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("ffa", 2));

        run(aggregator);

        // A was published in round 0 and is frozen from there on
        assertThat(byName(state().parameters()))
                .containsAllEntriesOf(
                        aggregator.records.job().flat(0).split(aggregator.adapters.get(0)).entrySet().stream()
                                .filter(entry -> entry.getKey().contains("lora_A"))
                                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        assertThat(aggregator.manifests).hasSize(2);
    }

    @Test
    void shouldKeepALocalAThatWasSharedInRoundZeroAlone() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fed-alora", 3));
        List<Tensor> as = new ArrayList<>();
        heard.onAdapter = trainer -> as.add(trainer.parameters().get(0));

        run(aggregator);

        Tensor initial = aggregator
                .records
                .job()
                .flat(0)
                .split(aggregator.adapters.get(0))
                .get(as.get(0).name());
        assertThat(as).hasSize(4).doesNotHaveDuplicates();
        assertThat(as.get(0)).isEqualTo(initial);
        assertThat(as.get(3)).isEqualTo(state().parameters().get(0));
    }

    @Test
    void shouldCommitAnEmptyUpdateWhereNothingIsShared() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("local", 2));

        run(aggregator);

        assertThat(aggregator.chunks).isEmpty();
        assertThat(aggregator.manifests).hasSize(2).allSatisfy(manifest -> {
            assertThat(manifest.getElements()).isZero();
            assertThat(manifest.getRanges()).isEmpty();
        });
    }

    @Test
    void shouldSendBf16WhereTheJobSaysSo() {
        FakeAggregator aggregator = new FakeAggregator(Records.of(Records.submitted("fedsa", 1, DType.BF16)));

        run(aggregator);

        assertThat(aggregator.chunks).isNotEmpty().allSatisfy(chunk -> {
            assertThat(chunk.getDtype()).isEqualTo(DType.BF16);
            assertThat(chunk.getValues().remaining()).isEqualTo(2 * chunk.getCount());
        });
    }

    @Test
    void shouldNotSendAnUpdateWhoseRoundWasPublishedMeanwhile() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2));
        heard.onTrained = round -> {
            if (round == 1) {
                aggregator.publish(1, aggregator.random(1));
            }
        };

        run(aggregator);

        assertThat(heard.events).contains("trained 1", "too late 1").doesNotContain("uploaded 1");
        assertThat(aggregator.manifests.stream().map(UpdateManifest::getRound)).containsExactly(2);
    }

    @Test
    void shouldStopWhenANewerProcessServesAsTheSameTrainer() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 3));
        heard.onTrained = round -> {
            if (round == 2) {
                aggregator.log(Crash.NEVER).announce(joined(ME), null);
            }
        };

        assertThatThrownBy(() -> run(aggregator))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.TRAINER_FENCED, RondoException::code);

        assertThat(heard.events).endsWith("uploaded 2", "rejected 2 fenced", "fenced site-a");
        assertThat(aggregator.announced).noneMatch(TrainerLeft.class::isInstance);
    }

    @Test
    void shouldStopWhenItReadsThatANewerProcessHasJoined() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 3));
        heard.onTrained = round -> {
            if (round == 2) {
                String incarnation = last(aggregator, TrainerJoined.class).getIncarnation();
                aggregator.append(Records.admitted(ME, incarnation));
                aggregator.append(Records.admitted(ME, "newer"));
            }
        };

        assertThatThrownBy(() -> run(aggregator))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.TRAINER_FENCED, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining("incarnation newer has joined"));

        assertThat(heard.events).endsWith("fenced site-a");
        assertThat(aggregator.announced).noneMatch(TrainerLeft.class::isInstance);
    }

    @Test
    void shouldStopWhenItsJoinIsRefused() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 3));
        heard.onTrained = round -> aggregator.append(
                Records.joinRefused(ME, last(aggregator, TrainerJoined.class).getIncarnation(), "not-invited"));

        assertThatThrownBy(() -> run(aggregator))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.JOIN_REFUSED, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining("not-invited, a detail"));
        assertThat(aggregator.announced).noneMatch(TrainerLeft.class::isInstance);
    }

    @Test
    void shouldSayWhyTheRoundWaits() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2)).holdAfter(1);
        heard.onUploaded = round -> {
            if (round == 1) {
                aggregator.resume();
                aggregator.append(Records.extended(2));
            }
        };

        run(aggregator);

        assertThat(heard.events).contains("waiting 2 [a]");
    }

    @Test
    void shouldNotLoadAnAdapterThatNoTrainingReaches() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 3)).holdAfter(1);
        heard.onUploaded = round -> {
            float[] overtaken = aggregator.random(2);
            overtaken[5] = 3.4e38f;
            aggregator.publish(2, overtaken);
        };

        assertThatThrownBy(() -> run(aggregator))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.ADAPTER_IMPLAUSIBLE, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining("the adapter of round 2 has the value 3.4E38"));

        assertThat(state().trainedRound()).isEqualTo(1);
        for (Tensor tensor : state().parameters()) {
            assertThat(PlausibleValues.are(tensor.values())).isTrue();
        }
        assertThat(last(aggregator, TrainerLeft.class).getReason()).isEqualTo("adapter-implausible");
    }

    @Test
    void shouldJoinAgainWhenItHasMissedTooManyRounds() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 3));
        heard.onTrained = round -> {
            if (round == 2) {
                String incarnation = last(aggregator, TrainerJoined.class).getIncarnation();
                aggregator.append(new TrainerRemoved(Records.header(), ME, incarnation, "absent"));
                aggregator.append(new TrainerRemoved(Records.header(), "site-b", "another", "absent"));
            }
        };

        run(aggregator);

        assertThat(aggregator.announced.stream()
                        .filter(TrainerJoined.class::isInstance)
                        .map(joined -> ((TrainerJoined) joined).getIncarnation())
                        .toList())
                .hasSize(2)
                .containsOnly(last(aggregator, TrainerJoined.class).getIncarnation());
        assertThat(heard.events).endsWith("finished 3");
    }

    @Test
    void shouldFailWhenTheJobIsAborted() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 3)).holdAfter(1);
        heard.onUploaded = round -> aggregator.append(Records.aborted("no budget"));

        assertThatThrownBy(() -> run(aggregator))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.JOB_FAILED, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining("no budget"));
        assertThat(last(aggregator, TrainerLeft.class).getReason()).isEqualTo("job-failed");
    }

    @Test
    void shouldGoBackToTheGlobalAdapterWhenARoundFailed() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2)).holdAfter(0);
        aggregator.append(aggregator.records.opened(1, ME));
        heard.onTrained = round -> {
            if (round == 1) {
                aggregator.append(Records.failed(1));
                io.rondo.log.RoundOpened next = aggregator.records.opened(2, ME);
                aggregator.append(io.rondo.log.RoundOpened.newBuilder(next)
                        .setBaseRound(0)
                        .build());
            }
        };
        List<Tensor> beforeTraining = new ArrayList<>();
        heard.onTrain = trainer -> beforeTraining.add(trainer.parameters().get(0));

        run(aggregator);

        assertThat(heard.events).contains("too late 1", "trained 2");
        assertThat(beforeTraining).hasSize(2);
        assertThat(beforeTraining.get(1)).isEqualTo(beforeTraining.get(0));
    }

    @Test
    void shouldLeaveWhenStoppedAndSendWhatItOwesOnTheNextStart() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2));
        boolean[] stop = {false};
        heard.onTrained = round -> stop[0] = true;

        run(aggregator, new PocketTrainerFactory(), Crash.NEVER, () -> stop[0], false);

        assertThat(last(aggregator, TrainerLeft.class).getReason()).isEqualTo("stopped");
        assertThat(aggregator.manifests).isEmpty();
        heard.onTrained = round -> {};

        run(aggregator);

        assertThat(heard.events).contains("resuming 1");
        assertThat(aggregator.manifests.stream().map(UpdateManifest::getRound)).containsExactly(1, 2);
    }

    @Test
    void shouldKeepDivergedTrainingAtHome() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2));
        LocalTrainerFactory diverging =
                new DecoratedFactory(new PocketTrainerFactory(), trainer -> new DelegatingTrainer(trainer) {
                    @Override
                    public List<Tensor> parameters() {
                        List<Tensor> parameters = super.parameters();
                        parameters.get(1).values()[3] = Float.NaN;
                        return parameters;
                    }
                });

        assertThatThrownBy(() -> run(aggregator, diverging, Crash.NEVER, () -> false, false))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.TRAINER_FAILED, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining("NaN in pocket.query.lora_B.weight at index 3"));
        assertThat(aggregator.chunks).isEmpty();
        assertThat(root.resolve("state/trainer.state")).doesNotExist();
    }

    @Test
    void shouldTellWhichPluginFailed() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2));
        LocalTrainerFactory failing =
                new DecoratedFactory(new PocketTrainerFactory(), trainer -> new DelegatingTrainer(trainer) {
                    @Override
                    public TrainingReport train(int round, Set<String> frozen) {
                        throw new IllegalStateException(
                                "a worker failed", new UnsupportedOperationException("no kernel"));
                    }
                });

        assertThatThrownBy(() -> run(aggregator, failing, Crash.NEVER, () -> false, false))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.TRAINER_FAILED, RondoException::code)
                .satisfies(e -> assertThat(e)
                        .hasMessageContaining("training round 1: ")
                        .hasMessageContaining(
                                "a worker failed, caused by java.lang.UnsupportedOperationException: no kernel"));
        assertThat(last(aggregator, TrainerLeft.class).getReason()).isEqualTo("trainer-failed");
    }

    @Test
    void shouldRefuseTheStateOfAnotherJob() {
        run(new FakeAggregator(Records.of("fedsa", 1)));
        TrainerState own = state();
        try (StateDirectory directory = StateDirectory.open(root.resolve("state"))) {
            directory.save(
                    new TrainerState("another-uuid", own.layoutDigest(), ME, 1, 1, own.parameters(), Optional.empty()));
        }

        assertThatThrownBy(() -> run(new FakeAggregator(Records.of("fedsa", 1))))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.DIRECTORY_OF_ANOTHER_JOB, RondoException::code);
    }

    @Test
    void shouldReportTheBaselineOnceWithTheLastRound() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 2));

        run(aggregator, new PocketTrainerFactory(), Crash.NEVER, () -> false, true);

        List<EvaluationReported> evaluations = aggregator.announced.stream()
                .filter(EvaluationReported.class::isInstance)
                .map(EvaluationReported.class::cast)
                .toList();
        assertThat(evaluations).hasSize(3);
        assertThat(evaluations.get(1).getMetrics()).doesNotContainKey("head-only/test/accuracy");
        assertThat(evaluations.get(2).getMetrics()).containsKeys("test/accuracy", "head-only/test/accuracy");
    }

    @Test
    void shouldFinishAgainWhenStartedAfterTheEnd() {
        FakeAggregator aggregator = new FakeAggregator(Records.of("fedsa", 1));
        run(aggregator);
        heard.events.clear();

        run(aggregator);

        assertThat(heard.events)
                .containsExactly("joined 0", "adapter 1", "evaluated 1 [test/accuracy, test/loss]", "finished 1");
    }

    private void run(FakeAggregator aggregator) {
        run(aggregator, Crash.NEVER);
    }

    private void run(FakeAggregator aggregator, Crash crash) {
        run(aggregator, new PocketTrainerFactory(), crash, () -> false, false);
    }

    private void run(
            FakeAggregator aggregator,
            LocalTrainerFactory factory,
            Crash crash,
            BooleanSupplier stopped,
            boolean headOnly) {
        TrainerServiceSettings settings = new TrainerServiceSettings(
                new LogConnection("localhost:1", "http://localhost:2", Map.of()),
                "test",
                new SiteSettings(
                        ME,
                        TrainerFiles.of(root.resolve("train.tsv"), root.resolve("test.tsv")),
                        root,
                        ComputeSettings.ofThreads(1),
                        headOnly),
                root.resolve("state"));
        LocalTrainerFactory watched = new DecoratedFactory(factory, trainer -> new DelegatingTrainer(trainer) {
            @Override
            public Map<String, Double> evaluate() {
                heard.onAdapter.accept(this);
                return super.evaluate();
            }

            @Override
            public TrainingReport train(int round, Set<String> frozen) {
                heard.onTrain.accept(this);
                return super.train(round, frozen);
            }
        });
        FakeAggregator.Log log = aggregator.log(crash);
        try (StateDirectory directory = StateDirectory.open(settings.stateDirectory());
                Plugin trainer = Plugin.open(watched, aggregator.records.job().trainerSettings(settings.site()))) {
            new TrainerLoop(settings, log, trainer, directory, heard, () -> stopped.getAsBoolean() || log.isIdle())
                    .run();
        }
    }

    private TrainerState state() {
        try (StateDirectory directory = StateDirectory.open(root.resolve("state"))) {
            return directory.load().orElseThrow();
        }
    }

    private void deleteState() {
        try {
            Files.delete(root.resolve("state/trainer.state"));
            Files.delete(root.resolve("state/trainer.chain"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static TrainerJoined joined(String trainer) {
        return TrainerJoined.newBuilder()
                .setJobUuid(Records.UUID)
                .setTrainer(trainer)
                .setIncarnation("another-incarnation-of-" + trainer)
                .setLayoutDigest(Records.of("fedsa", 1).job().layout().digest())
                .build();
    }

    private static Map<String, Tensor> byName(List<Tensor> tensors) {
        return tensors.stream().collect(Collectors.toMap(Tensor::name, Function.identity()));
    }

    private static <T> T last(FakeAggregator aggregator, Class<T> type) {
        return aggregator.announced.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** What the listener heard, in order, and what a test does when it hears it. */
    private static final class Heard implements TrainerListener {
        private final List<String> events = new ArrayList<>();
        private java.util.function.Consumer<LocalTrainer> onAdapter = trainer -> {};
        private java.util.function.Consumer<LocalTrainer> onTrain = trainer -> {};
        private java.util.function.IntConsumer onTrained = round -> {};
        private java.util.function.IntConsumer onUploaded = round -> {};

        @Override
        public void joined(String trainer, String incarnation, int lastSyncRound) {
            events.add("joined " + lastSyncRound);
        }

        @Override
        public void adapterLoaded(int round) {
            events.add("adapter " + round);
        }

        @Override
        public void evaluated(int round, Map<String, Double> metrics) {
            events.add("evaluated " + round + " "
                    + metrics.keySet().stream().sorted().toList());
        }

        @Override
        public void trained(int round, TrainingReport report) {
            events.add("trained " + round);
            onTrained.accept(round);
        }

        @Override
        public void resuming(int round) {
            events.add("resuming " + round);
        }

        @Override
        public void uploaded(int round, long bytes, long millis) {
            events.add("uploaded " + round);
            onUploaded.accept(round);
        }

        @Override
        public void tooLate(int round) {
            events.add("too late " + round);
        }

        @Override
        public void waiting(int round, int updates, List<String> waitsFor, Duration more) {
            events.add("waiting " + round + " " + waitsFor);
        }

        @Override
        public void rejected(int round, String reason, String detail) {
            events.add("rejected " + round + " " + reason);
        }

        @Override
        public void fenced(String trainer) {
            events.add("fenced " + trainer);
        }

        @Override
        public void finished(int rounds) {
            events.add("finished " + rounds);
        }
    }
}
