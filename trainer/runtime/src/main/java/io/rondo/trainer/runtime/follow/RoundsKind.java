package io.rondo.trainer.runtime.follow;

import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.topic.RecordKinds;
import org.apache.avro.specific.SpecificRecord;

/** The kinds of records on {@code rounds}: for exhaustive dispatch. */
enum RoundsKind {
    ROUND_OPENED(RoundOpened.class),
    ROUND_EXTENDED(RoundExtended.class),
    ROUND_REOPENED(RoundReopened.class),
    ROUND_PUBLISHED(RoundPublished.class),
    ROUND_FAILED(RoundFailed.class),
    UPDATE_REJECTED(UpdateRejected.class),
    INPUT_REFUSED(InputRefused.class),
    TRAINER_ADMITTED(TrainerAdmitted.class),
    TRAINER_REMOVED(TrainerRemoved.class),
    JOB_PAUSED(JobPaused.class),
    JOB_RESUMED(JobResumed.class),
    JOB_FINISHED(JobFinished.class),
    JOB_ABORTED(JobAborted.class),
    /** A record of the log that does not belong there. */
    OTHER(null);

    private static final RecordKinds<RoundsKind> KINDS = new RecordKinds<>(values(), kind -> kind.type, OTHER);

    private final Class<? extends SpecificRecord> type;

    RoundsKind(Class<? extends SpecificRecord> type) {
        this.type = type;
    }

    static RoundsKind of(SpecificRecord record) {
        return KINDS.of(record);
    }
}
