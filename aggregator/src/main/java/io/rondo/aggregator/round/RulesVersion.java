package io.rondo.aggregator.round;

import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;

/**
 * By which rules a job is decided. A rule that changes gets a number, which new jobs are submitted with: whoever decides an old
 * log again, decides it as it was decided then.
 */
public final class RulesVersion {
    /** The newest rules that this version knows. */
    public static final int NEWEST = 4;
    /** From here on rounds do not wait for trainers that are gone, and who counts is not absent. */
    private static final int GONE_ARE_REPLACED = 1;
    /** From here on nobody who may write to the log is trusted with more than its own updates. */
    static final int NOBODY_IS_TRUSTED = 2;
    /** From here on a job names the update of its round 0. */
    private static final int ROUND_ZERO_IS_NAMED = 3;
    /** From here on a job with an operator key takes nothing that is not signed. */
    private static final int SIGNED = 3;
    /** From here on no update weighs more than one that used all examples of the round's steps. */
    private static final int WEIGHTS_ARE_BOUNDED = 4;

    private RulesVersion() {}

    /** Whether a round whose quorum cannot come any more asks those who are there. */
    static boolean replaceTheGone(JobSpec spec) {
        return spec.getRules() >= GONE_ARE_REPLACED;
    }

    /** Whether every field that a trainer fills has its bounds, and so has the number of trainers. */
    public static boolean boundEveryField(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether a name that a trainer chooses, of an attempt or an incarnation, says something about that trainer alone. */
    static boolean scopeByTrainer(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether a chunk that is not the one its manifest names is passed over: another may have sent it. */
    public static boolean passOverForeignChunks(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether the update of round 0 counts whenever it comes: without it there is no job. */
    static boolean waitForRoundZero(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether the update of round 0 is the one that the job names, if it names one. */
    static boolean nameRoundZero(JobSpec spec) {
        return spec.getRules() >= ROUND_ZERO_IS_NAMED;
    }

    /** Whether values beyond all that training reaches are refused. */
    public static boolean boundValues(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether a round that is extended says for whom it waits. */
    static boolean sayForWhomRoundsWait(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether an input counts only with a signature. */
    public static boolean askForSignatures(JobSpec spec) {
        return spec.getRules() >= SIGNED && !spec.getOperatorKey().isEmpty();
    }

    /** Whether an update weighs at most what the round's steps can use. */
    static boolean boundWeights(JobSpec spec) {
        return spec.getRules() >= WEIGHTS_ARE_BOUNDED;
    }

    /** Whether these rules know signatures. */
    static boolean knowSignatures(JobSpec spec) {
        return spec.getRules() >= SIGNED;
    }

    /** Whether these rules are known. */
    static boolean areKnown(JobSpec spec) {
        return spec.getRules() >= 0 && spec.getRules() <= NEWEST;
    }

    /**
     * Checks that this version can decide the job as its log says.
     *
     * @throws IllegalArgumentException when no version has such rules
     * @throws RondoException when it is decided by rules that this version does not know
     */
    public static void requireKnown(JobSpec spec) {
        if (spec.getRules() < 0) {
            throw new IllegalArgumentException("rules: " + spec.getRules());
        }
        if (!areKnown(spec)) {
            throw new RondoException(
                    ErrorCode.RULES_UNKNOWN,
                    "job '" + spec.getName() + "' is decided by rules " + spec.getRules() + ", known are 0 to "
                            + NEWEST,
                    "use the version of rondo that submitted the job, or a newer one");
        }
    }
}
