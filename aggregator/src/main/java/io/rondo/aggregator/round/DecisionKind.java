package io.rondo.aggregator.round;

import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerKeyAdded;
import io.rondo.log.TrainerKeyRevoked;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.topic.RecordKinds;
import org.apache.avro.specific.SpecificRecord;

/** The kinds of decisions: for exhaustive dispatch over the records of {@code decisions}. */
public enum DecisionKind {
    JOB_STARTED(JobStarted.class),
    TRAINER_ADMITTED(TrainerAdmitted.class),
    TRAINER_REMOVED(TrainerRemoved.class),
    ROUND_OPENED(RoundOpened.class),
    UPDATE_ACCEPTED(UpdateAccepted.class),
    UPDATE_REJECTED(UpdateRejected.class),
    EVALUATION_RECORDED(EvaluationRecorded.class),
    ROUND_CLOSED(RoundClosed.class),
    ROUND_WEIGHED(RoundWeighed.class),
    ROUND_REOPENED(RoundReopened.class),
    ROUND_EXTENDED(RoundExtended.class),
    ROUND_COMPLETED(RoundCompleted.class),
    ROUND_FAILED(RoundFailed.class),
    INPUT_REFUSED(InputRefused.class),
    JOB_PAUSED(JobPaused.class),
    JOB_RESUMED(JobResumed.class),
    JOB_FINISHED(JobFinished.class),
    JOB_ABORTED(JobAborted.class),
    TRAINER_KEY_ADDED(TrainerKeyAdded.class),
    TRAINER_KEY_REVOKED(TrainerKeyRevoked.class);

    private static final RecordKinds<DecisionKind> KINDS = new RecordKinds<>(values(), kind -> kind.type, null);

    private final Class<? extends SpecificRecord> type;

    DecisionKind(Class<? extends SpecificRecord> type) {
        this.type = type;
    }

    /** @throws IllegalArgumentException when the record is not a decision */
    public static DecisionKind of(SpecificRecord record) {
        DecisionKind kind = KINDS.of(record);
        if (kind == null) {
            throw new IllegalArgumentException(record.getSchema().getFullName() + " is no decision");
        }
        return kind;
    }

    /** Whether a record is a decision. */
    public static boolean is(SpecificRecord record) {
        return KINDS.of(record) != null;
    }

    /**
     * Whether the decision is copied to {@code rounds} for the trainers.
     *
     * @param rules the job's rules version, 0 before it has started
     */
    public static boolean isTold(SpecificRecord decision, int rules) {
        return switch (of(decision)) {
            case ROUND_OPENED,
                    ROUND_EXTENDED,
                    ROUND_REOPENED,
                    UPDATE_REJECTED,
                    ROUND_FAILED,
                    JOB_PAUSED,
                    JOB_RESUMED,
                    JOB_FINISHED,
                    JOB_ABORTED -> true;
            // a trainer that left knows it
            case TRAINER_REMOVED -> isOfAbsence((TrainerRemoved) decision) || isOfRevocation((TrainerRemoved) decision);
            // for the process that joined, and for the one that it fences
            case TRAINER_ADMITTED -> rules >= RulesVersion.NOBODY_IS_TRUSTED;
            case INPUT_REFUSED -> !((InputRefused) decision).getIncarnation().isEmpty();
            case JOB_STARTED,
                    UPDATE_ACCEPTED,
                    EVALUATION_RECORDED,
                    ROUND_CLOSED,
                    ROUND_WEIGHED,
                    ROUND_COMPLETED,
                    TRAINER_KEY_ADDED,
                    TRAINER_KEY_REVOKED -> false;
        };
    }

    /** Whether a trainer was removed because it missed too many rounds. */
    static boolean isOfAbsence(TrainerRemoved removal) {
        return removal.getReason().equals(RejectionReason.ABSENT.id());
    }

    /** Whether a trainer was removed because its last key was revoked. */
    static boolean isOfRevocation(TrainerRemoved removal) {
        return removal.getReason().equals(RejectionReason.KEY_REVOKED.id());
    }

    /** Whether an update was revoked because another replaces it, not for a fault. */
    static boolean isOfSuperseded(UpdateRejected rejection) {
        return rejection.getReason().equals(RejectionReason.SUPERSEDED.id());
    }

    /** The header with which every decision begins. */
    public static DecisionHeader header(SpecificRecord decision) {
        of(decision);
        return (DecisionHeader) decision.get(0);
    }
}
