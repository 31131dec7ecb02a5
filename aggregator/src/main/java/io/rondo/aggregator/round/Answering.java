package io.rondo.aggregator.round;

/**
 * How refused records of {@code manifests} are answered: alone, each by its own decision, or together, many by one. Not a
 * rule: the log shows which records a decision answers, so whoever reads it again follows what was chosen. Rules before 6
 * always answer alone.
 */
public enum Answering {
    /** All alone. */
    ALONE,
    /** Those for whose answer no trainer waits together, others alone. */
    UNADDRESSED_TOGETHER,
    /** All together, except signed records, whose numbers the log keeps. */
    TOGETHER
}
