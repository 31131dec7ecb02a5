package io.rondo.aggregator.round;

import io.rondo.log.DecisionHeader;
import io.rondo.log.InputRefused;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import org.apache.avro.specific.SpecificRecord;

/** The decisions that answer one input: each goes to the log, and changes the state at once. */
final class Answer {
    private static final int MAX_DETAIL = 300;

    private final JobState state;
    private final Outbox outbox;
    private final Source source;
    private final long at;

    Answer(JobState state, Outbox outbox, Input input) {
        this.state = state;
        this.outbox = outbox;
        this.source = input.source();
        this.at = input.at();
    }

    /** Milliseconds since 1970 of the input: the append time of a record, or the coordinator's clock. */
    long at() {
        return at;
    }

    void refuse(RejectionReason reason, String detail) {
        decide(new InputRefused(header(), reason.id(), brief(detail)));
    }

    void decide(SpecificRecord decision) {
        state.apply(decision, outbox.decide(decision));
    }

    DecisionHeader header() {
        return new DecisionHeader(state.nextSequence(), source, at);
    }

    /** What a stranger wrote is copied into every partition of the log: no more of it than a person reads. */
    static String brief(String text) {
        return text.length() <= MAX_DETAIL ? text : text.substring(0, MAX_DETAIL) + "…";
    }

    void revoke(UpdateAccepted update, String reason, String detail) {
        UpdateManifest manifest = update.getManifest();
        decide(new UpdateRejected(
                header(),
                update.getRound(),
                manifest.getTrainer(),
                manifest.getIncarnation(),
                manifest.getAttempt(),
                reason,
                detail,
                true));
    }

    /** @return the digest of what was published */
    Sha256 publish(RoundPublished published) {
        return outbox.publish(published);
    }
}
