package io.rondo.aggregator.round;

import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * Notes what the folds have written or measured of the closed round. One such part decides nothing alone, so no decision
 * holds it: a restarted coordinator reads it again from its topic, and notes it the same way.
 */
final class PartNotes {
    private final JobState state;
    private final PartRules rules;

    PartNotes(JobState state) {
        this.state = state;
        this.rules = new PartRules(state);
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
}
