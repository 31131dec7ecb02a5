package io.rondo.aggregator.round;

import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;

/**
 * The version of the rules by which a job is decided. A changed rule gets a new number, with which new jobs are submitted. A
 * rerun of an old log therefore applies the rules of its time.
 */
public final class RulesVersion {
    /** The newest rules that this version knows. */
    public static final int NEWEST = 6;
    /** From here on, rounds do not wait for trainers that are gone, and a trainer whose update counts is not absent. */
    private static final int GONE_ARE_REPLACED = 1;
    /** From here on, a writer to the log is trusted only with its own updates. */
    static final int NOBODY_IS_TRUSTED = 2;
    /** From here on, a job names the update of its round 0. */
    private static final int ROUND_ZERO_IS_NAMED = 3;
    /** From here on, a job with an operator key accepts only signed inputs. */
    private static final int SIGNED = 3;
    /** From here on, no update weighs more than one that used all examples of the round's steps. */
    private static final int WEIGHTS_ARE_BOUNDED = 4;
    /** From here on, a job may admit more than 5,000 trainers. */
    private static final int LARGE_JOBS = 5;
    /** From here on, one decision may answer many refused records. */
    static final int FLOODS_ARE_SUMMED = 6;

    private RulesVersion() {}

    /** Whether a round that can no longer reach its quorum asks the present trainers. */
    static boolean replaceTheGone(JobSpec spec) {
        return spec.getRules() >= GONE_ARE_REPLACED;
    }

    /** Whether the fields that trainers fill and the number of trainers are bounded. */
    public static boolean boundEveryField(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether names of attempts and incarnations are scoped to the trainer that chose them. */
    static boolean scopeByTrainer(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether a chunk that does not match its manifest is skipped: another trainer may have sent it. */
    public static boolean passOverForeignChunks(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether the update of round 0 counts at any time: without it the job cannot start. */
    static boolean waitForRoundZero(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether the update of round 0 must be the one that the job names, if it names one. */
    static boolean nameRoundZero(JobSpec spec) {
        return spec.getRules() >= ROUND_ZERO_IS_NAMED;
    }

    /** Whether values larger than training can produce are refused. */
    public static boolean boundValues(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether an extended round names the trainers that it waits for. */
    static boolean sayForWhomRoundsWait(JobSpec spec) {
        return spec.getRules() >= NOBODY_IS_TRUSTED;
    }

    /** Whether an input counts only with a signature. */
    public static boolean askForSignatures(JobSpec spec) {
        return spec.getRules() >= SIGNED && !spec.getOperatorKey().isEmpty();
    }

    /** Whether an update's weight is limited to the examples that the round's steps can use. */
    static boolean boundWeights(JobSpec spec) {
        return spec.getRules() >= WEIGHTS_ARE_BOUNDED;
    }

    /** How many trainers a job may admit at most. */
    static int mostTrainers(JobSpec spec) {
        return spec.getRules() >= LARGE_JOBS ? 10_000 : 5_000;
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
     * @throws RondoException when its rules are unknown to this version
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
