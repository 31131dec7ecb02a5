package io.rondo.trainer.api.kit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fault that the kit is there to find is planted in a sound trainer, and found. */
class LocalTrainerContractTest {

    @TempDir
    Path directory;

    static Stream<Arguments> mutants() {
        return Stream.of(
                mutant(
                        "gives parameters in another order",
                        ReversedParameters::new,
                        LocalTrainerContract::shouldHaveTheParametersThatItDescribes),
                mutant("starts with a B", StartsWithB::new, LocalTrainerContract::shouldStartWithoutEffectOfTheAdapter),
                mutant(
                        "rounds what is loaded",
                        RoundsLoaded::new,
                        LocalTrainerContract::shouldGiveBackWhatWasLoadedBitByBit),
                mutant("resets what is not loaded", ResetsOthers::new, LocalTrainerContract::shouldKeepWhatIsNotLoaded),
                mutant(
                        "passes over unknown names",
                        AcceptsUnknown::new,
                        LocalTrainerContract::shouldRefuseWhatIsNoParameter),
                mutant(
                        "does not train",
                        DoesNotTrain::new,
                        LocalTrainerContract::shouldTrainAllParametersWhereNoneIsFrozen),
                mutant(
                        "trains the frozen",
                        TrainsFrozen::new,
                        LocalTrainerContract::shouldKeepFrozenParametersAndTrainTheOthers),
                mutant(
                        "draws from the clock",
                        DrawsFromTheClock::new,
                        LocalTrainerContract::shouldTrainTheSameBytesFromTheSameStart),
                mutant("carries momentum over", CarriesMomentum::new, LocalTrainerContract::shouldForgetEarlierRounds),
                mutant(
                        "has one order for all rounds",
                        IgnoresRound::new,
                        LocalTrainerContract::shouldTakeOtherExamplesInAnotherRoundSeedAndTrainer),
                mutant(
                        "counts steps as examples",
                        MiscountsExamples::new,
                        LocalTrainerContract::shouldReportItsExamplesAndLoss),
                mutant(
                        "trains on the test set",
                        TrainsInEvaluate::new,
                        LocalTrainerContract::shouldEvaluateWithoutChangingAnything),
                mutant(
                        "gives its live arrays",
                        GivesLiveArrays::new,
                        LocalTrainerContract::shouldNeverWriteIntoTensorsThatItGaveOrTook),
                mutant("cannot be closed twice", ClosesOnce::new, LocalTrainerContract::shouldCloseTwice));
    }

    private static Arguments mutant(
            String fault, UnaryOperator<LocalTrainer> mutation, Consumer<LocalTrainerContract> check) {
        return Arguments.of(fault, mutation, check);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void shouldFindThePlantedFault(
            String fault, UnaryOperator<LocalTrainer> mutation, Consumer<LocalTrainerContract> check) {
        assertThatCode(() -> check.accept(kit(UnaryOperator.identity())))
                .as("the sound trainer")
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> check.accept(kit(mutation))).as(fault).isInstanceOf(Throwable.class);
    }

    private LocalTrainerContract kit(UnaryOperator<LocalTrainer> mutation) {
        LocalTrainerContract kit = new LocalTrainerContract() {
            @Override
            protected LocalTrainerFactory factory() {
                return new DecoratedFactory(new PocketTrainerFactory(), mutation);
            }

            @Override
            protected ModelSettings model(Path ignored) {
                return new ModelSettings("pocket", directory, AdapterKind.LORA, 4, 8, List.of("query"), 2);
            }
        };
        kit.directory = directory;
        return kit;
    }

    private abstract static class Mutant extends DelegatingTrainer {
        final LocalTrainer sound;

        Mutant(LocalTrainer sound) {
            super(sound);
            this.sound = sound;
        }

        /** Adds to the first value of the first parameter. */
        final void nudge(float by) {
            Tensor first = sound.parameters().get(0);
            float[] values = first.values().clone();
            values[0] += by;
            sound.load(List.of(new Tensor(first.name(), first.shape(), values)));
        }
    }

    private static final class ReversedParameters extends Mutant {
        ReversedParameters(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public List<Tensor> parameters() {
            List<Tensor> reversed = new ArrayList<>(super.parameters());
            Collections.reverse(reversed);
            return reversed;
        }
    }

    private static final class StartsWithB extends Mutant {
        StartsWithB(LocalTrainer sound) {
            super(sound);
            Tensor b = sound.parameters().get(1);
            float[] values = new float[b.size()];
            Arrays.fill(values, 0.01f);
            sound.load(List.of(new Tensor(b.name(), b.shape(), values)));
        }
    }

    private static final class RoundsLoaded extends Mutant {
        RoundsLoaded(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public void load(List<Tensor> values) {
            super.load(values.stream()
                    .map(tensor -> {
                        float[] rounded = tensor.values().clone();
                        for (int i = 0; i < rounded.length; i++) {
                            rounded[i] = Float.intBitsToFloat(Float.floatToRawIntBits(rounded[i]) & 0xffff0000);
                        }
                        return new Tensor(tensor.name(), tensor.shape(), rounded);
                    })
                    .toList());
        }
    }

    private static final class ResetsOthers extends Mutant {
        private final List<Tensor> initial;

        ResetsOthers(LocalTrainer sound) {
            super(sound);
            this.initial = sound.parameters();
        }

        @Override
        public void load(List<Tensor> values) {
            super.load(initial);
            super.load(values);
        }
    }

    private static final class AcceptsUnknown extends Mutant {
        AcceptsUnknown(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public void load(List<Tensor> values) {
            List<String> known = sound.parameters().stream().map(Tensor::name).toList();
            super.load(values.stream()
                    .filter(tensor -> known.contains(tensor.name()))
                    .toList());
        }
    }

    private static final class DoesNotTrain extends Mutant {
        DoesNotTrain(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public TrainingReport train(int round, Set<String> frozen) {
            return new TrainingReport(24, Map.of("loss", 1.0));
        }
    }

    private static final class TrainsFrozen extends Mutant {
        TrainsFrozen(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public TrainingReport train(int round, Set<String> frozen) {
            return super.train(round, Set.of());
        }
    }

    private static final class DrawsFromTheClock extends Mutant {
        private static int draws;

        DrawsFromTheClock(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public TrainingReport train(int round, Set<String> frozen) {
            TrainingReport report = super.train(round, frozen);
            nudge(++draws * 1e-3f);
            return report;
        }
    }

    private static final class CarriesMomentum extends Mutant {
        private int rounds;

        CarriesMomentum(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public TrainingReport train(int round, Set<String> frozen) {
            TrainingReport report = super.train(round, frozen);
            nudge(rounds++ * 1e-3f);
            return report;
        }
    }

    private static final class IgnoresRound extends Mutant {
        IgnoresRound(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public TrainingReport train(int round, Set<String> frozen) {
            return super.train(1, frozen);
        }
    }

    private static final class MiscountsExamples extends Mutant {
        MiscountsExamples(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public TrainingReport train(int round, Set<String> frozen) {
            return new TrainingReport(12, super.train(round, frozen).metrics());
        }
    }

    private static final class TrainsInEvaluate extends Mutant {
        TrainsInEvaluate(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public Map<String, Double> evaluate() {
            sound.train(1, Set.of());
            return super.evaluate();
        }
    }

    private static final class GivesLiveArrays extends Mutant {
        private List<Tensor> live = List.of();

        GivesLiveArrays(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public List<Tensor> parameters() {
            live = super.parameters();
            return live;
        }

        @Override
        public TrainingReport train(int round, Set<String> frozen) {
            TrainingReport report = super.train(round, frozen);
            for (Tensor tensor : live) {
                tensor.values()[0] += 1;
            }
            return report;
        }
    }

    private static final class ClosesOnce extends Mutant {
        private boolean closed;

        ClosesOnce(LocalTrainer sound) {
            super(sound);
        }

        @Override
        public void close() {
            if (closed) {
                throw new IllegalStateException("closed twice");
            }
            closed = true;
        }
    }
}
