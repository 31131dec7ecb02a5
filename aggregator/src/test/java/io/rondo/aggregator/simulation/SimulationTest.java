package io.rondo.aggregator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.CohortMember;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
    private static final long SEEDS = Long.getLong("rondo.simulation.seeds", 5_000);
    private static final long FIRST = Long.getLong("rondo.simulation.first", 0);
    private static final int SEEDS_TO_FIND_A_BUG = 2_000;
    private static final int SEEDS_TO_MEET_A_RULE = 10_000;

    @Test
    void shouldHoldEveryInvariantWhateverGoesWrong() {
        Long one = Long.getLong("rondo.simulation.seed");
        LongStream seeds = one == null ? LongStream.range(FIRST, FIRST + SEEDS) : LongStream.of(one);

        Optional<AssertionError> failure = seeds.parallel()
                .mapToObj(SimulationTest::failure)
                .flatMap(Optional::stream)
                .findFirst();
        failure.ifPresent(found -> {
            throw found;
        });
    }

    @Test
    void shouldWriteTheSameBytesWithTheSameSeed() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(Simulation.run(seed, PlantedBug.NONE, Trace.NONE).digest())
                    .isEqualTo(Simulation.run(seed, PlantedBug.NONE, Trace.to(new ArrayList<>()))
                            .digest());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldFindABugThatIsPlanted(PlantedBug bug) {
        var caught = LongStream.range(0, SEEDS_TO_FIND_A_BUG)
                .filter(seed -> fails(seed, bug))
                .findFirst();

        assertThat(caught).as("a seed that shows %s", bug).isPresent();
        assertThat(fails(caught.getAsLong(), PlantedBug.NONE))
                .as("the same seed without the bug")
                .isFalse();
    }

    /** A rule that no schedule meets would not be tested. */
    @Test
    void shouldMeetEveryRule() {
        Set<String> missing = new TreeSet<>(Set.of(
                "a late update in the next round",
                "one superseded",
                "one taken back into its own round",
                "too many faults",
                "one that counts to the end",
                "no quorum",
                "an end without a quorum",
                "an extension",
                "absence",
                "return",
                "a sampled cohort",
                "a cohort of those who are there",
                "a silent member",
                "a trainer that its update takes back",
                "an update over the limit",
                "a clipped update",
                "records that are refused together",
                "an update that is refused with others",
                "an update that is not selected",
                "a step of a server optimizer"));

        for (long seed = 0; seed < SEEDS_TO_MEET_A_RULE && !missing.isEmpty(); seed++) {
            missing.removeAll(
                    met(Simulation.run(seed, PlantedBug.NONE, Trace.NONE).decisions()));
        }

        assertThat(missing).isEmpty();
    }

    private static Set<String> met(List<SpecificRecord> decisions) {
        Set<String> met = new HashSet<>();
        Set<String> away = new HashSet<>();
        SpecificRecord last = decisions.get(0);
        for (SpecificRecord decision : decisions) {
            if (decision instanceof RoundOpened opened && wasOpen(decisions, opened)) {
                met.add("a cohort of those who are there");
                if (last instanceof TrainerRemoved) {
                    met.add("a silent member");
                }
            }
            if (last instanceof TrainerAdmitted admitted
                    && (decision instanceof UpdateAccepted || decision instanceof UpdateRejected)
                    && DecisionKind.header(decision)
                            .getSource()
                            .equals(admitted.getHeader().getSource())) {
                met.add("a trainer that its update takes back");
            }
            last = decision;
            if (decision instanceof UpdateAccepted update
                    && update.getRound() > update.getManifest().getRound()) {
                met.add("a late update in the next round");
            } else if (decision instanceof UpdateRejected rejected
                    && rejected.getReason().equals("superseded")) {
                met.add("one superseded");
            } else if (decision instanceof UpdateAccepted update
                    && !update.getHeader().getSource().getTopic().equals("manifests")) {
                met.add("one taken back into its own round");
            } else if (decision instanceof UpdateRejected rejected
                    && rejected.getReason().equals("too-many-faults")) {
                met.add("too many faults");
            } else if (decision instanceof UpdateRejected rejected
                    && rejected.getReason().equals("over-norm")) {
                met.add("an update over the limit");
            } else if (decision instanceof InputRefused refused && refused.getRecords() > 1) {
                met.add("records that are refused together");
                if (refused.getDetail().contains("fenced")
                        || refused.getDetail().contains("not-admitted")) {
                    met.add("an update that is refused with others");
                }
            } else if (decision instanceof RoundWeighed weighed
                    && weighed.getMembers().stream().anyMatch(member -> member.getScale() < 1)) {
                met.add("a clipped update");
            } else if (decision instanceof RoundWeighed weighed
                    && weighed.getMembers().stream().anyMatch(member -> member.getWeight() == 0)) {
                met.add("an update that is not selected");
            } else if (decision instanceof RoundCompleted completed
                    && completed.getRound() > 1
                    && optimizer(decisions).equals("fedadam")) {
                met.add("a step of a server optimizer");
            } else if (decision instanceof RoundClosed closed
                    && closed.getMembers().stream()
                            .anyMatch(member -> decisions.stream().anyMatch(each -> isLate(each, member)))) {
                met.add("one that counts to the end");
            } else if (decision instanceof RoundFailed failed
                    && failed.getReason().equals("no-quorum")) {
                met.add("no quorum");
            } else if (decision instanceof JobAborted aborted
                    && aborted.getReason().contains("no quorum")) {
                met.add("an end without a quorum");
            } else if (decision instanceof RoundExtended) {
                met.add("an extension");
            } else if (decision instanceof TrainerRemoved removed
                    && removed.getReason().equals("absent")) {
                met.add("absence");
                away.add(removed.getIncarnation());
            } else if (decision instanceof TrainerAdmitted admitted && away.contains(admitted.getIncarnation())) {
                met.add("return");
            } else if (decision instanceof RoundOpened opened
                    && opened.getRound() > 0
                    && opened.getCohort().size() == 1
                    && decisions.stream()
                                    .filter(TrainerAdmitted.class::isInstance)
                                    .count()
                            > 3) {
                met.add("a sampled cohort");
            }
        }
        return met;
    }

    private static boolean wasOpen(List<SpecificRecord> decisions, RoundOpened opened) {
        return decisions.stream()
                .anyMatch(other -> other instanceof RoundOpened earlier
                        && earlier.getRound() == opened.getRound()
                        && earlier.getHeader().getSequence()
                                < opened.getHeader().getSequence());
    }

    private static String optimizer(List<SpecificRecord> decisions) {
        return ((JobStarted) decisions.stream()
                        .filter(JobStarted.class::isInstance)
                        .findFirst()
                        .orElseThrow())
                .getSpec()
                .getServerOptimizer();
    }

    private static boolean isLate(SpecificRecord decision, CohortMember member) {
        return decision instanceof UpdateAccepted update
                && update.getManifest().getAttempt().equals(member.getAttempt())
                && update.getRound() > update.getManifest().getRound();
    }

    private static boolean fails(long seed, PlantedBug bug) {
        try {
            Simulation.run(seed, bug, Trace.NONE);
            return false;
        } catch (RuntimeException | AssertionError e) {
            return true;
        }
    }

    private static Optional<AssertionError> failure(long seed) {
        try {
            Simulation.run(seed, PlantedBug.NONE, Trace.NONE);
            return Optional.empty();
        } catch (RuntimeException | AssertionError e) {
            return Optional.of(new AssertionError(explain(seed, e), e));
        }
    }

    /** Runs the seed once more, now with its steps written down. */
    private static String explain(long seed, Throwable failure) {
        List<String> steps = new ArrayList<>();
        try {
            Simulation.run(seed, PlantedBug.NONE, Trace.to(steps));
        } catch (RuntimeException | AssertionError again) {
            steps.add("→ " + again);
        }
        return "seed " + seed + ": " + failure + "\nreplay: mvn -B test -pl aggregator -am -Dtest=SimulationTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Drondo.simulation.seed=" + seed + "\n"
                + String.join("\n", steps);
    }
}
