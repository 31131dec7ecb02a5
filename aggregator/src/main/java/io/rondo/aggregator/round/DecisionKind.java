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
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import java.util.Arrays;
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
    ROUND_REOPENED(RoundReopened.class),
    ROUND_EXTENDED(RoundExtended.class),
    ROUND_COMPLETED(RoundCompleted.class),
    ROUND_FAILED(RoundFailed.class),
    INPUT_REFUSED(InputRefused.class),
    JOB_PAUSED(JobPaused.class),
    JOB_RESUMED(JobResumed.class),
    JOB_FINISHED(JobFinished.class),
    JOB_ABORTED(JobAborted.class);

    private final Class<? extends SpecificRecord> type;

    DecisionKind(Class<? extends SpecificRecord> type) {
        this.type = type;
    }

    /** @throws IllegalArgumentException when the record is no decision */
    public static DecisionKind of(SpecificRecord record) {
        return Arrays.stream(values())
                .filter(kind -> kind.type == record.getClass())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(record.getSchema().getFullName() + " is no decision"));
    }

    /** Whether a record is a decision. */
    public static boolean is(SpecificRecord record) {
        return Arrays.stream(values()).anyMatch(kind -> kind.type == record.getClass());
    }

    /** The header that stands first in every decision. */
    public static DecisionHeader header(SpecificRecord decision) {
        of(decision);
        return (DecisionHeader) decision.get(0);
    }
}
