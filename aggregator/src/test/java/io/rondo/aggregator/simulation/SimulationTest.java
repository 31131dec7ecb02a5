package io.rondo.aggregator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
    private static final long SEEDS = Long.getLong("rondo.simulation.seeds", 1_000);
    private static final int SEEDS_TO_FIND_A_BUG = 500;

    @Test
    void shouldHoldEveryInvariantWhateverGoesWrong() {
        Long one = Long.getLong("rondo.simulation.seed");
        LongStream seeds = one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);

        seeds.forEach(SimulationTest::run);
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

    private static boolean fails(long seed, PlantedBug bug) {
        try {
            Simulation.run(seed, bug, Trace.NONE);
            return false;
        } catch (RuntimeException | AssertionError e) {
            return true;
        }
    }

    private static void run(long seed) {
        try {
            Simulation.run(seed, PlantedBug.NONE, Trace.NONE);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(explain(seed, e), e);
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
