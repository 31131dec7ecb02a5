package io.rondo.experiment;

import java.util.Locale;

/**
 * One run: one method on one split, with one learning rate and one seed.
 *
 * @param purpose why it is made
 * @param method as in a job file
 * @param split how the data is split
 * @param learningRate step size of the optimizer
 * @param seed of the partition, the initial values and the order of examples
 */
record ExperimentRun(Purpose purpose, String method, DataSplit split, double learningRate, long seed) {

    enum Purpose {
        /** To choose a learning rate. */
        TUNING,
        /** To be reported. */
        MEASUREMENT,
        /** Each site alone from the common start, to compare what became of the factors. */
        COMMON_START,
        /** The control: each site alone from a start of its own. */
        OWN_START;

        boolean isAsymmetry() {
            return this == COMMON_START || this == OWN_START;
        }
    }

    /** A name that other runs of the experiment do not have, fit for a file. */
    String id() {
        return "%s_%s_%s_lr%s_seed%d"
                .formatted(
                        purpose.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        method,
                        split.id(),
                        learningRate,
                        seed);
    }
}
