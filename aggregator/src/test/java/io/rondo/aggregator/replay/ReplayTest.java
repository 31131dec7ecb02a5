package io.rondo.aggregator.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.Vectors;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private static final TestJob JOB = TestJob.create();
    private static final MemoryJobLog HISTORY = new RecordedJob(JOB)
            .start()
            .soundRound(1)
            .troubledRound(2)
            .evaluate("b", 2)
            .log();

    private final Map<Integer, float[]> adapters = new HashMap<>();

    @Test
    void shouldGiveHistoryWhereNothingIsChanged() {
        List<ReplayedRound> rounds = replay(ReplayRules.UNCHANGED);

        assertThat(rounds).extracting(ReplayedRound::round).containsExactly(0, 1, 2);
        assertThat(rounds).extracting(ReplayedRound::distance).containsOnly(0.0);
        assertThat(rounds).allSatisfy(round -> assertThat(round.cohort()).isEqualTo(round.before()));
        assertThat(rounds.get(2).cohort()).containsExactly("a", "c");
        assertThat(rounds.get(2).rejected()).isEqualTo(2);
    }

    @Test
    void shouldLeaveTrainersOut() {
        List<ReplayedRound> rounds = replay(without("a"));

        assertThat(rounds.get(1).cohort()).containsExactly("b", "c");
        assertThat(rounds.get(1).before()).containsExactly("b", "a", "c");
        assertThat(rounds.get(1).distance()).isPositive();
        assertThat(adapters.get(1)).containsExactly(mean("b", "c"));
        assertThat(rounds.get(0).distance()).isZero();
    }

    @Test
    void shouldFoldByAnotherStrategy() {
        replay(new ReplayRules(
                Set.of(),
                Optional.of("coordinate-median"),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalDouble.empty()));

        float[] median = new float[adapters.get(1).length];
        for (int i = 0; i < median.length; i++) {
            float[] all = {JOB.values("a", 1)[i], JOB.values("b", 1)[i], JOB.values("c", 1)[i]};
            Arrays.sort(all);
            median[i] = all[1];
        }
        assertThat(adapters.get(1)).containsExactly(median);
    }

    @Test
    void shouldRefuseWhatAShorterDeadlineMakesLate() {
        List<ReplayedRound> rounds = replay(new ReplayRules(
                Set.of(), Optional.empty(), Optional.empty(), OptionalLong.of(2_500), OptionalDouble.empty()));

        // the updates of round 1 came after one, two and three seconds
        assertThat(rounds.get(1).cohort()).containsExactly("b", "a");
        assertThat(rounds.get(1).rejected()).isEqualTo(1);
    }

    @Test
    void shouldTakeWhatALongerDeadlineMakesOnTime() {
        MemoryJobLog history = new RecordedJob(JOB)
                .start()
                .soundRound(1)
                .roundWithoutC(2)
                .lateUpdateOfC(2)
                .log();
        ReplayRules rules = new ReplayRules(
                Set.of(), Optional.empty(), Optional.empty(), OptionalLong.of(15_000), OptionalDouble.empty());
        List<ReplayedRound> rounds = new ArrayList<>();

        new Replay(history, rules, 2)
                .run(new PassingTarget(history.topics()), (round, flat, adapter) -> rounds.add(round));

        assertThat(rounds.get(2).before()).containsExactly("a", "b");
        assertThat(rounds.get(2).cohort()).containsExactly("a", "b", "c");
    }

    @Test
    void shouldCountTheLateUpdateOfATrainerThatHasJoinedAgain() {
        MemoryJobLog history = new RecordedJob(JOB.with(spec -> spec.setLateUpdates("next-round")
                        .setStalenessWeight(0.5)
                        .setRounds(3)))
                .start()
                .soundRound(1)
                .roundWithoutC(2)
                .lateUpdateOfCWhichJoinedAgain(2)
                .roundWithoutC(3)
                .log();
        List<ReplayedRound> rounds = new ArrayList<>();

        new Replay(history, ReplayRules.UNCHANGED, 3)
                .run(new PassingTarget(history.topics()), (round, flat, adapter) -> rounds.add(round));

        assertThat(rounds.get(3).before()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(rounds.get(3).cohort()).isEqualTo(rounds.get(3).before());
        assertThat(rounds).extracting(ReplayedRound::distance).containsOnly(0.0);
    }

    @Test
    void shouldBoundHowFarAnUpdateIsFromItsBase() {
        double bound = 0.5;
        replay(new ReplayRules(
                Set.of("b", "c"), Optional.empty(), Optional.empty(), OptionalLong.empty(), OptionalDouble.of(bound)));

        float[] base = adapters.get(0);
        float[] update = JOB.values("a", 1);
        double norm = Vectors.distance(base, update);
        assertThat(norm).isGreaterThan(bound);
        assertThat(Vectors.distance(base, adapters.get(1))).isCloseTo(bound, within(1e-6));
        assertThat(adapters.get(1)[3])
                .isCloseTo((float) (base[3] + (update[3] - base[3]) * bound / norm), within(1e-6f));
    }

    @Test
    void shouldBoundAnUpdateByWhatItsTrainerStartedFrom() {
        replay(new ReplayRules(
                Set.of("b", "c"), Optional.empty(), Optional.empty(), OptionalLong.empty(), OptionalDouble.of(1e-3)));
        float[] started = adapters.get(1);
        replay(new ReplayRules(
                Set.of(), Optional.empty(), Optional.empty(), OptionalLong.empty(), OptionalDouble.of(1e-3)));

        // history's adapter of round 1 is the base of round 2, however short the branch's own steps are
        float[] second = adapters.get(2);
        replay(ReplayRules.UNCHANGED);
        assertThat(Vectors.distance(adapters.get(1), second)).isLessThan(2e-3);
        assertThat(Vectors.distance(adapters.get(1), started)).isGreaterThan(0.1);
    }

    @Test
    void shouldSkipTheRoundsThatHistorySkipped() {
        MemoryJobLog history = withASkippedRound();
        assertThat(new Verifier(history).verify().isSound()).isTrue();

        for (ReplayRules rules : List.of(ReplayRules.UNCHANGED, without("c"), deadline(5_000))) {
            List<ReplayedRound> rounds = new ArrayList<>();
            MemoryTarget target = new MemoryTarget(history);
            Replay replay = new Replay(history, rules, Integer.MAX_VALUE);
            replay.run(target, (round, flat, adapter) -> rounds.add(round));

            assertThat(replay.skipped()).containsExactly(2);
            assertThat(rounds).extracting(ReplayedRound::round).containsExactly(0, 1, 3);
            assertThat(rounds.get(2).cohort()).hasSize(rules.without().isEmpty() ? 3 : 2);
            assertThat(rounds.get(2).distance() > 0).isEqualTo(!rules.without().isEmpty());
            assertThat(new Verifier(target.log).verify().differences()).isEmpty();
        }
    }

    @Test
    void shouldNotPublishARoundThatHistorySkipped() {
        MemoryJobLog history = withASkippedRound();
        Replay replay = new Replay(history, deadline(20_000), 3);

        assertThatThrownBy(() -> replay.run(new PassingTarget(history.topics()), (round, flat, adapter) -> {}))
                .isInstanceOfSatisfying(RondoException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.REPLAY_IMPOSSIBLE))
                .hasMessageContaining("round 2 was skipped");
    }

    /** In round 2 only a is on time; b sends its update just behind the deadline. */
    private static MemoryJobLog withASkippedRound() {
        return new RecordedJob(JOB.with(spec -> spec.setWithoutQuorum("skip").setRounds(3)))
                .start()
                .soundRound(1)
                .roundWithoutQuorum(2)
                .soundRoundBehind(3)
                .log();
    }

    private static ReplayRules deadline(long milliseconds) {
        return new ReplayRules(
                Set.of(), Optional.empty(), Optional.empty(), OptionalLong.of(milliseconds), OptionalDouble.empty());
    }

    @Test
    void shouldWriteABranchThatCanBeVerified() {
        MemoryTarget target = new MemoryTarget(HISTORY);

        List<ReplayedRound> rounds = new ArrayList<>();
        new Replay(HISTORY, without("a"), 2).run(target, (round, flat, adapter) -> rounds.add(round));

        VerificationReport report = new Verifier(target.log).verify();
        assertThat(report.differences()).isEmpty();
        assertThat(report.identical()).isEqualTo(3);
        assertThat(report.rounds().get(1).updates()).isEqualTo(2);
        assertThat(report.jobUuid()).isNotEqualTo(TestJob.UUID);
    }

    @Test
    void shouldRunNoMoreRoundsThanAreAskedFor() {
        List<ReplayedRound> rounds = new ArrayList<>();
        new Replay(HISTORY, ReplayRules.UNCHANGED, 1)
                .run(new PassingTarget(HISTORY.topics()), (round, flat, adapter) -> rounds.add(round));

        assertThat(rounds).extracting(ReplayedRound::round).containsExactly(0, 1);
    }

    @Test
    void shouldSayWhichRoundHasNoQuorum() {
        MemoryJobLog history =
                new RecordedJob(JOB).start().soundRound(1).roundWithoutC(2).log();
        Replay replay = new Replay(history, without("a"), 2);

        assertThatThrownBy(() -> replay.run(new PassingTarget(history.topics()), (round, flat, adapter) -> {}))
                .isInstanceOfSatisfying(RondoException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.REPLAY_IMPOSSIBLE))
                .hasMessageContaining("round 2 has no quorum");
    }

    /** As a rejected update it would be left out, and the answer would be to another question. */
    @Test
    void shouldRefuseAnUpdateThatWasCountedAndIsDamagedNow() {
        String topic = HISTORY.topics().round(1).name();
        MemoryJobLog changed = HISTORY.copy();
        LogEntry entry = HISTORY.logs().get(topic).get(2).get(1);
        byte[] value = entry.value().clone();
        value[value.length - 40] ^= 1;
        changed.replace(topic, 2, new LogEntry(entry.offset(), entry.timestamp(), entry.key(), value));
        MemoryJobLog cut = HISTORY.copy();
        cut.logs().get(topic).get(2).subList(3, 6).clear();

        refuses(changed, new PassingTarget(HISTORY.topics()), "bad-digest");
        refuses(changed, new MemoryTarget(changed), "bad-digest");
        refuses(cut, new PassingTarget(HISTORY.topics()), "missing-chunk");
        refuses(cut, new MemoryTarget(cut), "");
    }

    private static void refuses(MemoryJobLog history, BranchTarget target, String why) {
        assertThatThrownBy(() -> new Replay(history, ReplayRules.UNCHANGED, 2)
                        .run(target, (round, flat, adapter) -> assertThat(round.round())
                                .isZero()))
                .isInstanceOfSatisfying(RondoException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.LOG_INCONSISTENT);
                    assertThat(failure.nextStep()).contains("--to 0");
                })
                .hasMessageContaining("in round 1 is not what was counted: " + why);
    }

    @Test
    void shouldRefuseRulesThatCannotBe() {
        assertThatThrownBy(() -> replay(without("nobody"))).hasMessageContaining("no trainer 'nobody'");
        assertThatThrownBy(() -> new ReplayRules(
                        Set.of(), Optional.of("mode"), Optional.empty(), OptionalLong.empty(), OptionalDouble.empty()))
                .hasMessageContaining("--strategy is 'mode'");
    }

    private List<ReplayedRound> replay(ReplayRules rules) {
        List<ReplayedRound> rounds = new ArrayList<>();
        new Replay(HISTORY, rules, Integer.MAX_VALUE)
                .run(new PassingTarget(HISTORY.topics()), (round, flat, adapter) -> {
                    rounds.add(round);
                    adapters.put(round.round(), adapter.clone());
                });
        return rounds;
    }

    private static ReplayRules without(String trainer) {
        return new ReplayRules(
                Set.of(trainer), Optional.empty(), Optional.empty(), OptionalLong.empty(), OptionalDouble.empty());
    }

    /** The mean of updates of equal weight, in plain arithmetic. */
    private static float[] mean(String... trainers) {
        float[] mean = new float[JOB.flat(1).elements()];
        double weight = 101;
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (String trainer : trainers) {
                sum += weight * JOB.values(trainer, 1)[i];
            }
            mean[i] = (float) (sum / (weight * trainers.length));
        }
        return mean;
    }

    /** A branch in memory, with the chunks of the updates that it takes. */
    private static final class MemoryTarget implements BranchTarget {
        private final MemoryJobLog log;

        MemoryTarget(MemoryJobLog history) {
            this.log = new MemoryJobLog(history.topics(), history.codec());
        }

        @Override
        public JobTopics topics() {
            return log.topics();
        }

        @Override
        public List<UpdateManifest> take(int round, List<UpdateManifest> updates, List<ChunkSource> chunks) {
            return new ChunkCopy(log, log.codec()).copy(log.topics().round(round), updates, chunks);
        }

        @Override
        public long append(Topic topic, int partition, byte[] key, byte[] value, long timestamp) {
            return log.append(topic, partition, key, value, timestamp);
        }

        @Override
        public ChunkSource chunks(int partition) {
            return log.chunks(partition);
        }

        @Override
        public void complete() {}

        @Override
        public void close() {}
    }
}
