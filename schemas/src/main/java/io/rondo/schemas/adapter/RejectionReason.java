package io.rondo.schemas.adapter;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a record or an update does not count. The ids are part of the wire contract, appear in dead letters and are never
 * renamed.
 */
public enum RejectionReason {
    /** The value is not in wire format, or its Avro body cannot be decoded. */
    UNREADABLE,
    /** The registry has no schema of the id that the value names. */
    UNKNOWN_SCHEMA,
    /** The value is over the size limit. */
    TOO_LARGE,
    /** A record of a type that does not belong on its topic. */
    UNEXPECTED_RECORD,
    /** The record names another job's UUID. */
    WRONG_JOB,
    /** A job is already in this log. */
    JOB_EXISTS,
    /** The job's settings or layout cannot be run. */
    BAD_JOB,
    /** The trainer's id is not valid or is reserved. */
    BAD_TRAINER,
    /** The trainer derived another layout from its model. */
    WRONG_LAYOUT,
    /** The command does not fit the job's state. */
    NOT_APPLICABLE,
    /** The trainer has not joined. */
    NOT_ADMITTED,
    /** A newer process of the same trainer has taken its place. */
    FENCED,
    /** The round was never opened, or is not the open one. */
    WRONG_ROUND,
    /** Appended after the deadline, or after the round closed. */
    LATE,
    /** The trainer is not asked in this round. */
    NOT_IN_COHORT,
    /** The trainer's update of this round, or this attempt, is already accepted. */
    DUPLICATE,
    /** Training did not start from the global adapter of the round's base. */
    WRONG_BASE_ROUND,
    /** Another number of elements or chunks than the layout has. */
    WRONG_SHAPE,
    /** Another element type than the job's. */
    WRONG_DTYPE,
    /** Offset ranges that cannot hold the update's chunks. */
    BAD_RANGES,
    /** A digest that does not match the bytes. */
    BAD_DIGEST,
    /** An attempt id that is empty, too long or has other characters than letters, digits, - and _. */
    BAD_ATTEMPT,
    /** More metrics than a record may carry, a metric with an invalid name, or one that is not a finite number. */
    BAD_METRICS,
    /** A field that is out of its bounds. */
    BAD_FIELD,
    /** A trainer that the job does not name. */
    NOT_INVITED,
    /** As many trainers as the job allows are admitted. */
    TOO_MANY_TRAINERS,
    /** A number of examples that is not a weight. */
    BAD_WEIGHT,
    /** NaN or infinity. */
    NON_FINITE,
    /** A value larger than training can produce. */
    IMPLAUSIBLE,
    /** A chunk that the manifest commits is not in the log. */
    MISSING_CHUNK,
    /** The norm of the update is over the job's limit. */
    OVER_NORM,
    /**
     * Of an update that counted late: a fresh one of the same trainer takes its place, or its own round is open again and it
     * counts there.
     */
    SUPERSEDED,
    /** Three updates of the trainer were revoked in this round; it counts again when the round is extended. */
    TOO_MANY_FAULTS,
    /** The signature is missing or wrong. */
    BAD_SIGNATURE,
    /** The signature names a round opening that is not in this log. */
    WRONG_HISTORY,
    /** The last key of the trainer was revoked. */
    KEY_REVOKED,
    /** The round ended without a global adapter because too few updates came. */
    NO_QUORUM,
    /** The trainer missed as many rounds as the job allows. */
    ABSENT,
    /** The round ended without a global adapter because the job was aborted. */
    ABORTED;

    private final String id = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The id on the wire, such as {@code wrong-base-round}. */
    public String id() {
        return id;
    }

    public static Optional<RejectionReason> of(String id) {
        return Arrays.stream(values()).filter(reason -> reason.id().equals(id)).findFirst();
    }
}
