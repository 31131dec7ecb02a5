package io.rondo.experiment;

import io.rondo.samples.DirichletSplit;
import io.rondo.samples.Site;
import io.rondo.trainer.data.Example;
import java.util.List;
import java.util.Optional;

/**
 * How the examples are split to the trainers: {@code iid}, or {@code dirichlet-0.5}, which gives each trainer a mix of
 * classes of its own.
 *
 * @param id as in an experiment file
 * @param concentration of the Dirichlet distribution of each class
 */
record DataSplit(String id, double concentration) {
    private static final String DIRICHLET = "dirichlet-";
    /** Shares that differ by less than one in a thousand. */
    private static final double EVEN = 1e7;

    static Optional<DataSplit> of(String id) {
        if (id.equals("iid")) {
            return Optional.of(new DataSplit(id, EVEN));
        }
        try {
            double concentration = id.startsWith(DIRICHLET) ? Double.parseDouble(id.substring(DIRICHLET.length())) : 0;
            return concentration > 0 && concentration < EVEN
                    ? Optional.of(new DataSplit(id, concentration))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The same for every method, so that methods are compared on the same partition. */
    List<Site<Example>> deal(List<Example> train, List<Example> test, int trainers, long seed) {
        int least = Math.max(1, Math.min(32, train.size() / (4 * trainers)));
        return new DirichletSplit(trainers, concentration, least, seed).split(train, test);
    }
}
