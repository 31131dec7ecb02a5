package io.rondo.e2e.kill;

import java.util.List;
import java.util.SplittableRandom;

/** Something that goes wrong with a federation at work, and is mended again. */
interface Fault {

    /** Where it can be brought about. */
    enum Arena {
        ONE_BROKER,
        THREE_BROKERS,
        /** One broker whose disk is small, and a disk of its own. */
        SMALL_DISK
    }

    /** As the command line and the table have it. */
    String id();

    default Arena arena() {
        return Arena.ONE_BROKER;
    }

    /** Settings that the job needs for it. */
    default List<String> settings() {
        return List.of();
    }

    /**
     * Brings it about at a moment of the seed's choice, and mends it or has that done.
     *
     * @return from when on recovery counts, milliseconds since 1970: the moment of the kill, unless the class says otherwise
     */
    long strike(Federation federation, SplittableRandom random) throws Exception;

    /** After work goes on again: waits until the next strike finds everything in place. */
    default void settle(Federation federation) throws Exception {
        // nothing to wait for
    }
}
