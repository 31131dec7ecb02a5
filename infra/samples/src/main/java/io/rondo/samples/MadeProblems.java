package io.rondo.samples;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Word problems that the project makes for a demo without data: each site has a calculation of its own, so that sites
 * agree on the form of an answer and differ in how it is found.
 */
public final class MadeProblems {
    private static final int TRAIN_ROWS = 400;
    private static final int TEST_ROWS = 60;

    private MadeProblems() {}

    /** The sites of so many trainers; beyond the kinds of problems, further sites have the same again. */
    public static List<Site<Problem>> sites(int trainers, long seed) {
        List<Site<Problem>> sites = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        ProblemKind[] kinds = ProblemKind.values();
        for (int i = 0; i < trainers; i++) {
            ProblemKind kind = kinds[i % kinds.length];
            // A stream for each site: a further one leaves those before it as they were.
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + i);
            String id = kind.name().toLowerCase(Locale.ROOT);
            int again = i / kinds.length + 1;
            sites.add(new Site<>(
                    again == 1 ? id : id + "-" + again,
                    rows(kind, TRAIN_ROWS, random, seen),
                    rows(kind, TEST_ROWS, random, seen)));
        }
        return sites;
    }

    /** No problem comes twice, so that none is in a training and a test set. */
    private static List<Problem> rows(ProblemKind kind, int count, SplittableRandom random, Set<String> seen) {
        List<Problem> rows = new ArrayList<>();
        while (rows.size() < count) {
            Problem problem = kind.draw(random);
            if (seen.add(problem.question())) {
                rows.add(problem);
            }
        }
        return rows;
    }
}
