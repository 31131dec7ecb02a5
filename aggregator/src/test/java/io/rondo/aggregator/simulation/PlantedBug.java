package io.rondo.aggregator.simulation;

/** Bugs that a simulation can be asked to have, to show that it would find them. */
enum PlantedBug {
    NONE,
    /** The last update of a round is not added. */
    DROPS_THE_LAST_UPDATE,
    /** Sums are float32, so that they depend on more than the order. */
    SUMS_IN_FLOAT32,
    /** A crash may leave a part of a transaction in the log. */
    COMMITS_IN_PIECES,
    /** A fold that restarts does not read what it has reported. */
    FORGETS_WHAT_IT_REPORTED,
    /** A fold that restarts reads the decisions from the opening of the last round. */
    BEGINS_AT_THE_LAST_ROUND,
    /** A coordinator that restarts goes on behind the inputs that it had read, not behind those that are answered. */
    TRUSTS_ITS_POSITION,
    /** The deadline closes a round whatever of manifests has not been read yet. */
    CLOSES_WITHOUT_READING,
    /** A fold uses decisions of the coordinator on its thread further when these are lost before their commit. */
    KEEPS_WHAT_WAS_NOT_COMMITTED,
    /** The coordinator answers a part of a fold on its thread before the commit, though parts before it are unread. */
    ANSWERS_A_PART_OUT_OF_TURN
}
