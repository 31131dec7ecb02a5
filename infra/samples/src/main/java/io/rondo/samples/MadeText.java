package io.rondo.samples;

import io.rondo.trainer.data.Example;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Text that the project makes for a demo without data: each site writes about a subject of its own, in a mix of labels of
 * its own; label {@code 1} is good news. Whether a sentence is good news depends on how its words are put together, so that
 * a head on a frozen encoder finds it hard and an adapted encoder does not.
 */
public final class MadeText {
    /** The labels in the order of the head's outputs. */
    public static final List<String> LABELS = List.of("0", "1");

    private static final double[] SHARE_OF_GOOD = {0.5, 0.35, 0.65};
    private static final int[] TRAIN_ROWS = {480, 400, 320};
    private static final int TEST_ROWS = 60;

    private MadeText() {}

    /** The sites of so many trainers; beyond the three subjects, further sites write about the same again. */
    public static List<Site<Example>> sites(int trainers, long seed) {
        List<Site<Example>> sites = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < trainers; i++) {
            int kind = i % Subject.ALL.size();
            Subject subject = Subject.ALL.get(kind);
            // A stream for each site: a further one leaves those before it as they were.
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + i);
            List<Example> train = rows(subject, TRAIN_ROWS[kind], SHARE_OF_GOOD[kind], random, seen);
            List<Example> test = rows(subject, TEST_ROWS, SHARE_OF_GOOD[kind], random, seen);
            int again = i / Subject.ALL.size() + 1;
            sites.add(new Site<>(again == 1 ? subject.id() : subject.id() + "-" + again, train, test));
        }
        return sites;
    }

    /** No sentence comes twice, so that none is in a training and a test set. */
    private static List<Example> rows(
            Subject subject, int count, double shareOfGood, SplittableRandom random, Set<String> seen) {
        List<Example> rows = new ArrayList<>();
        while (rows.size() < count) {
            boolean good = random.nextDouble() < shareOfGood;
            String sentence = sentence(subject, good, random);
            if (seen.add(sentence)) {
                rows.add(Example.of(sentence, LABELS.get(good ? 1 : 0)));
            }
        }
        return rows;
    }

    private static String sentence(Subject subject, boolean good, SplittableRandom random) {
        Frame frame = any(Frame.MIX, random);
        boolean goodPredicate = good != frame.turns();
        return frame.sentence(
                any(subject.things(), random),
                any(goodPredicate ? subject.good() : subject.bad(), random),
                any(subject.places(), random));
    }

    private static <T> T any(List<T> choices, SplittableRandom random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
