package io.rondo.aggregator.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** All chance in a simulation. Once calm, no fault happens any more. */
final class Dice {
    private final SplittableRandom random;
    private boolean calm;

    Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    void calmDown() {
        calm = true;
    }

    boolean isCalm() {
        return calm;
    }

    /** True once in {@code times}. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    /** True once in {@code times}, as long as faults happen. */
    boolean faultOneIn(int times) {
        return oneIn(times) && !calm;
    }

    /** A number from {@code first} to {@code last}, inclusive. */
    int between(int first, int last) {
        return random.nextInt(first, last + 1);
    }

    <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
