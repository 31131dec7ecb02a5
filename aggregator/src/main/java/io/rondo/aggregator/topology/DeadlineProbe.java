package io.rondo.aggregator.topology;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Checks whether a deadline may close a round: once it is over and every manifest that was in the log by then is answered.
 * Does not wait for the broker's response. Belongs to one thread.
 */
final class DeadlineProbe {
    private final ManifestsEnd manifestsEnd;
    private final String manifests;
    private CompletableFuture<Long> asked;
    private long askedAt;

    /** @param manifests name of the topic */
    DeadlineProbe(ManifestsEnd manifestsEnd, String manifests) {
        this.manifestsEnd = manifestsEnd;
        this.manifests = manifests;
    }

    /**
     * A moment after the deadline up to which all manifests are answered; empty while there is none.
     *
     * @param deadline of the open round, if one is open; milliseconds since 1970
     * @param now milliseconds since 1970
     * @param unseenFrom offset of the first manifest that the coordinator has not seen
     */
    OptionalLong passed(OptionalLong deadline, long now, long unseenFrom) {
        if (deadline.isEmpty() || deadline.getAsLong() >= now) {
            asked = null;
            return OptionalLong.empty();
        }
        if (asked == null) {
            askedAt = now;
            asked = manifestsEnd.lastOffset(unseenFrom);
        }
        if (!asked.isDone() || lastOffset() >= unseenFrom) {
            return OptionalLong.empty();
        }
        asked = null;
        return OptionalLong.of(askedAt);
    }

    private long lastOffset() {
        try {
            return asked.join();
        } catch (CompletionException e) {
            asked = null;
            throw new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "the end of " + manifests + " cannot be read: "
                            + e.getCause().getMessage(),
                    "check the brokers; the round closes once they answer",
                    e.getCause());
        }
    }
}
