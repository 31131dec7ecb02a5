package io.rondo.aggregator.round;

import io.rondo.log.AbortRequested;
import io.rondo.log.EvaluationReported;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundsArchived;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyRevokeRequested;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.topic.RecordKinds;
import org.apache.avro.specific.SpecificRecord;

/**
 * The kinds of inputs, of all three topics: for exhaustive dispatch. A record may arrive on a topic where it does not
 * belong.
 */
enum InputKind {
    JOB_SUBMITTED(JobSubmitted.class),
    PAUSE_REQUESTED(PauseRequested.class),
    RESUME_REQUESTED(ResumeRequested.class),
    ABORT_REQUESTED(AbortRequested.class),
    ROUNDS_ARCHIVED(RoundsArchived.class),
    TRAINER_KEY_ADD_REQUESTED(TrainerKeyAddRequested.class),
    TRAINER_KEY_REVOKE_REQUESTED(TrainerKeyRevokeRequested.class),
    TRAINER_JOINED(TrainerJoined.class),
    TRAINER_LEFT(TrainerLeft.class),
    UPDATE_MANIFEST(UpdateManifest.class),
    EVALUATION_REPORTED(EvaluationReported.class),
    PART_FOLDED(PartFolded.class),
    PART_MEASURED(PartMeasured.class),
    PART_REFUSED(PartRefused.class),
    /** A record of the log that is no input. */
    OTHER(null);

    private static final RecordKinds<InputKind> KINDS = new RecordKinds<>(values(), kind -> kind.type, OTHER);

    private final Class<? extends SpecificRecord> type;

    InputKind(Class<? extends SpecificRecord> type) {
        this.type = type;
    }

    static InputKind of(SpecificRecord record) {
        return KINDS.of(record);
    }
}
