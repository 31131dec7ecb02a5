package io.rondo.aggregator.round;

import io.rondo.schemas.adapter.RejectionReason;

/** Why an input does not count, with the value. */
record Refusal(RejectionReason reason, String detail) {

    boolean isLate() {
        return reason == RejectionReason.LATE;
    }
}
