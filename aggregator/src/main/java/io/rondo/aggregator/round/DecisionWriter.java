package io.rondo.aggregator.round;

import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationReported;
import io.rondo.log.InputRefused;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.text.ForeignText;
import org.apache.avro.specific.SpecificRecord;

/** The decisions that answer one input: each goes to the log, and changes the state at once. */
final class DecisionWriter {
    static final int MAX_DETAIL = 300;

    private final JobState state;
    private final Outbox outbox;
    private final RefusedRun run;
    private Source source;
    private final long at;
    private boolean hasDecided;
    private boolean hasJoined;

    DecisionWriter(JobState state, RefusedRun run, Outbox outbox, Input input) {
        this.state = state;
        this.run = run;
        this.outbox = outbox;
        this.source = input.source();
        this.at = input.at();
    }

    /** Milliseconds since 1970 of the input: the append time of a record, or the coordinator's clock. */
    long at() {
        return at;
    }

    /** The input has a valid signature: the decision that answers it records the signer's sequence number. */
    void genuine(long sequence) {
        source = Source.newBuilder(source).setSequence(sequence).build();
    }

    void refuse(RejectionReason reason, String detail) {
        refuse(new Refusal(reason, detail));
    }

    void refuse(Refusal refusal) {
        if (!joins(refusal, false)) {
            settle();
            decide(refused(refusal.reason(), refusal.detail()).build());
        }
    }

    /** @param value the refused record, which the decision and the dead letter name */
    void refuse(Refusal refusal, SpecificRecord value) {
        boolean isAddressed =
                value instanceof TrainerJoined joined && TrainerRules.isIncarnation(joined.getIncarnation());
        if (joins(refusal, isAddressed)) {
            return;
        }
        settle();
        InputRefused.Builder refused = refused(refusal.reason(), refusal.detail());
        if (state.rules() >= RulesVersion.NOBODY_IS_TRUSTED) {
            name(value, refused);
        }
        decide(refused.build());
    }

    /**
     * Whether a refusal is answered together with others. Not after another decision on the same input: each record is
     * answered either together with others or by decisions of its own.
     *
     * @param isAddressed whether a trainer waits for its answer
     */
    boolean joins(Refusal refusal, boolean isAddressed) {
        if (hasDecided || !run.takes(state, source, isAddressed)) {
            return false;
        }
        run.add(source, at, refusal);
        hasJoined = true;
        return true;
    }

    /** Whether the input was refused, and its answer waits for others. */
    boolean hasJoined() {
        return hasJoined;
    }

    /** Answers what waits. To be called before the state is read for a decision: its sequence and chain follow from the others. */
    void settle() {
        run.settle(state, outbox);
    }

    private InputRefused.Builder refused(RejectionReason reason, String detail) {
        return InputRefused.newBuilder()
                .setHeader(header())
                .setReason(reason.id())
                .setDetail(brief(detail));
    }

    private void name(SpecificRecord value, InputRefused.Builder refused) {
        if (value instanceof TrainerJoined joined) {
            refused.setTrainer(brief(joined.getTrainer()))
                    .setIncarnation(TrainerRules.isIncarnation(joined.getIncarnation()) ? joined.getIncarnation() : "");
        } else if (value instanceof TrainerLeft left) {
            refused.setTrainer(brief(left.getTrainer()));
        } else if (value instanceof EvaluationReported evaluation) {
            refused.setTrainer(brief(evaluation.getTrainer())).setRound(evaluation.getRound());
        }
    }

    void decide(SpecificRecord decision) {
        run.requireSettled();
        hasDecided = true;
        Sha256 digest = outbox.decide(decision);
        state.apply(decision, digest);
        if (DecisionKind.isTold(decision, state.rules())) {
            outbox.tell(decision);
        }
    }

    DecisionHeader header() {
        return new DecisionHeader(state.nextSequence(), source, at);
    }

    /** Untrusted text is copied into every partition of the log: it is shortened to a readable length, and made printable. */
    String brief(String text) {
        if (state.rules() >= RulesVersion.NOBODY_IS_TRUSTED) {
            return ForeignText.brief(text, MAX_DETAIL);
        }
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
