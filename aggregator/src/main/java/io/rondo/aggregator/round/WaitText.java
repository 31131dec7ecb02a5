package io.rondo.aggregator.round;

import java.util.List;

/** Explains to an operator why a round waits. */
public final class WaitText {
    private static final int MOST_NAMES = 10;

    private WaitText() {}

    /**
     * What a round waits for that had no quorum at its deadline.
     *
     * @param updates how many count so far
     * @param waitsFor the trainers whose updates would end the wait
     */
    public static String of(int updates, List<String> waitsFor) {
        String counted = updates == 1 ? "1 update counts" : updates + " updates count";
        return counted + ", fewer than the quorum; "
                + (waitsFor.isEmpty()
                        ? "nobody whom it asks is there: at the next deadline it asks those who have joined"
                        : "it ends with updates of " + names(waitsFor));
    }

    /** All names if there are few enough to read. */
    public static String names(List<String> trainers) {
        return trainers.size() <= MOST_NAMES ? String.join(", ", trainers) : trainers.size() + " trainers";
    }
}
