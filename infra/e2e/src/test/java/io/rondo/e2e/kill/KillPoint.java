package io.rondo.e2e.kill;

import java.util.Locale;

/** A moment in the aggregator's work on a round. */
enum KillPoint {
    /** A decision is committed, and the folds have not read it from the log. */
    AFTER_DECIDING,
    /** A fold has received chunks of an update, and has added none of them. */
    MID_FOLD,
    /** The part of one partition is sent, that of another is not. */
    BETWEEN_PARTS,
    /** All parts are there, and the publication is not sent. */
    BEFORE_PUBLISHING,
    /** A decision is acknowledged, and its transaction is open. */
    INSIDE_A_TRANSACTION,
    /** A fold has used the close of its round, and the transaction of both is open. */
    FOLDED_BEFORE_THE_COMMIT,
    /** A publication is acknowledged, and the transaction of it and its parts is open. */
    PUBLISHED_BEFORE_THE_COMMIT;

    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
