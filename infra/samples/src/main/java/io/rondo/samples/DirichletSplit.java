package io.rondo.samples;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Deals labelled examples out to trainers, each class in shares drawn from a Dirichlet distribution, the test examples in
 * the same shares as the training examples (arXiv 2410.01463, section 5). A small concentration gives each trainer mostly
 * a few classes; a large one gives all the same.
 */
public final class DirichletSplit {
    private static final int MOST_DRAWS = 10_000;

    private final int trainers;
    private final double concentration;
    private final int minExamples;
    private final long seed;

    /**
     * @param trainers how many shares
     * @param concentration alpha of the distribution, above 0
     * @param minExamples training examples that each trainer gets at least; shares are drawn again until they do
     * @param seed decides the shares and the order
     */
    public DirichletSplit(int trainers, double concentration, int minExamples, long seed) {
        this.trainers = trainers;
        this.concentration = concentration;
        this.minExamples = minExamples;
        this.seed = seed;
    }

    /**
     * The sites {@code trainer-1} and so on.
     *
     * @throws RondoException with {@link ErrorCode#TOO_FEW_EXAMPLES} when no draw gives every trainer enough
     */
    public List<Site<Example>> split(List<Example> train, List<Example> test) {
        requireEnough("training", train.size(), (long) trainers * minExamples);
        requireEnough("test", test.size(), trainers);
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, List<Example>> trainByLabel = shuffledByLabel(train, random);
        Map<String, List<Example>> testByLabel = shuffledByLabel(test, random);
        Dirichlet dirichlet = new Dirichlet(concentration, random);
        for (int draw = 0; draw < MOST_DRAWS; draw++) {
            Map<String, double[]> shares = new TreeMap<>();
            trainByLabel.keySet().forEach(label -> shares.put(label, dirichlet.draw(trainers)));
            testByLabel.keySet().forEach(label -> shares.computeIfAbsent(label, l -> dirichlet.draw(trainers)));
            if (enough(trainByLabel, shares, minExamples) && enough(testByLabel, shares, 1)) {
                return sites(deal(trainByLabel, shares), deal(testByLabel, shares), random);
            }
        }
        throw tooFew("no draw of " + MOST_DRAWS + " gave each of " + trainers + " trainers " + minExamples
                + " training examples and a test example at --dirichlet " + concentration);
    }

    private void requireEnough(String kind, int rows, long needed) {
        if (rows < needed) {
            throw tooFew(rows + " " + kind + " examples for " + trainers + " trainers, which need " + needed);
        }
    }

    private static RondoException tooFew(String message) {
        return new RondoException(
                ErrorCode.TOO_FEW_EXAMPLES, message, "give more data, fewer --trainers, or a larger --dirichlet");
    }

    private static Map<String, List<Example>> shuffledByLabel(List<Example> examples, SplittableRandom random) {
        Map<String, List<Example>> byLabel = new TreeMap<>();
        for (Example example : examples) {
            byLabel.computeIfAbsent(example.label(), label -> new ArrayList<>()).add(example);
        }
        byLabel.values().forEach(rows -> shuffle(rows, random));
        return byLabel;
    }

    /** Counts before anything is copied: most draws of a small concentration are thrown away. */
    private boolean enough(Map<String, List<Example>> byLabel, Map<String, double[]> shares, int least) {
        int[] counts = new int[trainers];
        byLabel.forEach((label, rows) -> {
            int[] cuts = cuts(shares.get(label), rows.size());
            for (int i = 0; i < trainers; i++) {
                counts[i] += cuts[i + 1] - cuts[i];
            }
        });
        for (int count : counts) {
            if (count < least) {
                return false;
            }
        }
        return true;
    }

    private List<List<Example>> deal(Map<String, List<Example>> byLabel, Map<String, double[]> shares) {
        List<List<Example>> dealt = new ArrayList<>();
        for (int i = 0; i < trainers; i++) {
            dealt.add(new ArrayList<>());
        }
        byLabel.forEach((label, rows) -> {
            int[] cuts = cuts(shares.get(label), rows.size());
            for (int i = 0; i < trainers; i++) {
                dealt.get(i).addAll(rows.subList(cuts[i], cuts[i + 1]));
            }
        });
        return dealt;
    }

    /** Where the shares of so many rows begin and end: the floor of the cumulative share times the rows. */
    private static int[] cuts(double[] shares, int rows) {
        int[] cuts = new int[shares.length + 1];
        double cumulative = 0;
        for (int i = 0; i < shares.length - 1; i++) {
            cumulative += shares[i];
            cuts[i + 1] = Math.min(rows, (int) (cumulative * rows));
        }
        cuts[shares.length] = rows;
        return cuts;
    }

    private static List<Site<Example>> sites(
            List<List<Example>> train, List<List<Example>> test, SplittableRandom random) {
        List<Site<Example>> sites = new ArrayList<>();
        for (int i = 0; i < train.size(); i++) {
            shuffle(train.get(i), random);
            shuffle(test.get(i), random);
            sites.add(new Site<>("trainer-" + (i + 1), train.get(i), test.get(i)));
        }
        return sites;
    }

    /** Fisher and Yates. */
    private static void shuffle(List<Example> rows, SplittableRandom random) {
        for (int i = rows.size() - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            Example row = rows.get(i);
            rows.set(i, rows.get(other));
            rows.set(other, row);
        }
    }
}
