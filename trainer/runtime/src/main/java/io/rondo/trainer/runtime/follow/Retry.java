package io.rondo.trainer.runtime.follow;

import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Set;

/**
 * Whether a round's update that was refused is to be sent again while its round is open: one that was late, when its round gets more time; one
 * whose chunks did not arrive as they were sent, at once and once. The values are the same, so that other faults would be found again.
 */
final class Retry {
    private static final Set<String> ON_THE_WAY =
            Set.of(RejectionReason.BAD_DIGEST.id(), RejectionReason.MISSING_CHUNK.id());

    private boolean late;
    private boolean damaged;
    private boolean due;

    /** The trainer's own update of the open round was refused. */
    void rejected(UpdateRejected rejection) {
        if (rejection.getReason().equals(RejectionReason.LATE.id())) {
            late = true;
        } else if (ON_THE_WAY.contains(rejection.getReason()) && !damaged) {
            damaged = true;
            due = true;
        }
    }

    /** The open round accepts updates for longer, or again. */
    void extended() {
        due |= late;
        late = false;
    }

    /** Whether it is to be sent again, which is said once. */
    boolean take() {
        boolean taken = due;
        due = false;
        return taken;
    }
}
