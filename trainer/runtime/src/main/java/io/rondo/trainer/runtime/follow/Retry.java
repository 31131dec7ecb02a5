package io.rondo.trainer.runtime.follow;

import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Set;

/**
 * Decides whether a refused update is sent again while its round is open. A late one is sent again when its round is
 * extended; one whose chunks were damaged in transit, at once and only once. The values are the same, so any other fault
 * would be found again.
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

    /** Whether it should be sent again; true only once. */
    boolean take() {
        boolean taken = due;
        due = false;
        return taken;
    }
}
