package io.rondo.page.index;

/** What became of a trainer in a round. */
public enum Verdict {
    /** It was not asked, and sent nothing. */
    NONE,
    /** The round is open and waits for it. */
    AWAITED,
    /** The round continued without it. */
    MISSED,
    /** Its update counts. */
    ACCEPTED,
    /** Its update of an earlier round came late, and counts in this one. */
    LATE_COUNTS,
    /** Its update came after the deadline and does not count. */
    LATE,
    /** Its update was refused when it came. */
    REJECTED,
    /** Its update was accepted and taken back, since reading it showed a fault. */
    REVOKED;

    /** Whether its update counts. */
    public boolean counts() {
        return this == ACCEPTED || this == LATE_COUNTS;
    }
}
