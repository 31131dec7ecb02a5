package io.rondo.aggregator.round;

import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * Collects the parts that the folds have written or measured for the closed round. A single part leads to no decision, so no
 * decision contains it: a restarted coordinator reads it from its topic again.
 */
final class PartNotes {
    private final JobState state;
    private final PartRules rules;

    PartNotes(JobState state) {
        this.state = state;
        this.rules = new PartRules(state);
    }

    /** Notes a part that the closed round waits for. Returns what is wrong with such a part if it is invalid. */
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
