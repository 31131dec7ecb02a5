package io.rondo.aggregator.round;

import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * What the records of {@code parts} decide. A part that was folded or measured decides nothing alone: it is noted, and read again from its
 * topic by a restarted coordinator.
 */
final class PartHandler {
    private final JobState state;
    private final PartRules rules;
    private final DecisionWriter writer;

    PartHandler(JobState state, DecisionWriter writer) {
        this.state = state;
        this.rules = new PartRules(state);
        this.writer = writer;
    }

    void to(SpecificRecord part) {
        if (part instanceof PartRefused refused) {
            accepted(refused).ifPresent(update -> writer.revoke(update, refused.getReason(), refused.getDetail()));
        } else if (part instanceof PartFolded || part instanceof PartMeasured) {
            note(part).ifPresent(writer::refuse);
        } else {
            writer.refuse(RejectionReason.UNEXPECTED_RECORD, part.getSchema().getFullName());
        }
    }

    /** Notes a part that the closed round waits for. What is wrong with one that it waits for, and that is none. */
    Optional<Refusal> note(SpecificRecord part) {
        if (part instanceof PartFolded folded) {
            return rules.awaiting(folded.getRound(), folded.getRevision()).flatMap(closed -> note(folded, closed));
        }
        return part instanceof PartMeasured measured
                ? rules.awaiting(measured.getRound(), measured.getRevision()).flatMap(closed -> note(measured, closed))
                : Optional.empty();
    }

    private Optional<Refusal> note(PartFolded folded, RoundPhase.Closed closed) {
        if (!rules.holdsItsChunks(folded)) {
            return wrongShape("part " + folded.getPartition() + " has other chunks");
        }
        state.note(closed.folded(folded));
        return Optional.empty();
    }

    private Optional<Refusal> note(PartMeasured measured, RoundPhase.Closed closed) {
        if (!rules.holdsItsNumbers(measured, closed)) {
            return wrongShape("part " + measured.getPartition() + " has other numbers");
        }
        state.note(closed.measured(measured));
        return Optional.empty();
    }

    private static Optional<Refusal> wrongShape(String detail) {
        return Optional.of(new Refusal(RejectionReason.WRONG_SHAPE, detail));
    }

    private Optional<UpdateAccepted> accepted(PartRefused refused) {
        return state.currentRound()
                .filter(open -> open.round() == refused.getRound())
                .flatMap(open -> open.update(AttemptId.of(refused)));
    }
}
