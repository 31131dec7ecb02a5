package io.rondo.e2e.kill;

import java.util.List;
import java.util.Locale;

/**
 * A line of the kill matrix.
 *
 * @param fault which fault
 * @param rounds how many rounds were published while it struck
 * @param lost what was lost in them
 * @param duplicated what is there twice
 * @param different what does not work out to the same bits
 * @param recoveries how long work took to go on after each strike, milliseconds
 */
record Row(
        String fault,
        int rounds,
        List<Census.Finding> lost,
        List<Census.Finding> duplicated,
        List<Census.Finding> different,
        List<Long> recoveries) {
    static final String HEADER = """
            | fault | strikes | rounds | lost | duplicated | bits different | recovery: median | worst |
            |---|---|---|---|---|---|---|---|
            """;

    boolean isSound() {
        return lost.isEmpty() && duplicated.isEmpty() && different.isEmpty();
    }

    @Override
    public String toString() {
        List<Long> sorted = recoveries.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d | %.1f s | %.1f s |",
                fault,
                recoveries.size(),
                rounds,
                lost.size(),
                duplicated.size(),
                different.size(),
                sorted.get(sorted.size() / 2) / 1e3,
                sorted.get(sorted.size() - 1) / 1e3);
    }
}
