package io.rondo.aggregator.round;

import io.rondo.log.PartRefused;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** Decides on the records of {@code parts}: a refusal revokes an update; folded and measured parts are noted. */
final class PartHandler {
    private final JobState state;
    private final PartNotes notes;
    private final DecisionWriter writer;

    PartHandler(JobState state, DecisionWriter writer) {
        this.state = state;
        this.notes = new PartNotes(state);
        this.writer = writer;
    }

    void to(SpecificRecord part) {
        switch (InputKind.of(part)) {
            case PART_REFUSED -> revoke((PartRefused) part);
            case PART_FOLDED, PART_MEASURED -> notes.note(part).ifPresent(writer::refuse);
            case JOB_SUBMITTED,
                    PAUSE_REQUESTED,
                    RESUME_REQUESTED,
                    ABORT_REQUESTED,
                    ROUNDS_ARCHIVED,
                    TRAINER_KEY_ADD_REQUESTED,
                    TRAINER_KEY_REVOKE_REQUESTED,
                    TRAINER_JOINED,
                    TRAINER_LEFT,
                    UPDATE_MANIFEST,
                    EVALUATION_REPORTED,
                    OTHER ->
                writer.refuse(
                        RejectionReason.UNEXPECTED_RECORD, part.getSchema().getFullName());
        }
    }

    private void revoke(PartRefused refused) {
        accepted(refused).ifPresent(update -> writer.revoke(update, refused.getReason(), refused.getDetail()));
    }

    private Optional<UpdateAccepted> accepted(PartRefused refused) {
        return state.currentRound()
                .filter(open -> open.round() == refused.getRound())
                .flatMap(open -> open.update(AttemptId.of(refused)));
    }
}
