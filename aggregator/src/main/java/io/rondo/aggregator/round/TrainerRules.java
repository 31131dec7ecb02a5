package io.rondo.aggregator.round;

import static io.rondo.schemas.adapter.RejectionReason.BAD_METRICS;
import static io.rondo.schemas.adapter.RejectionReason.BAD_TRAINER;
import static io.rondo.schemas.adapter.RejectionReason.DUPLICATE;
import static io.rondo.schemas.adapter.RejectionReason.FENCED;
import static io.rondo.schemas.adapter.RejectionReason.NOT_ADMITTED;
import static io.rondo.schemas.adapter.RejectionReason.NOT_APPLICABLE;
import static io.rondo.schemas.adapter.RejectionReason.NOT_INVITED;
import static io.rondo.schemas.adapter.RejectionReason.TOO_MANY_TRAINERS;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_JOB;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_LAYOUT;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_ROUND;

import io.rondo.log.EvaluationReported;
import io.rondo.log.JobSpec;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.MetricRules;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks what a trainer reports about itself: that it joins, leaves, or has evaluated an adapter. */
final class TrainerRules {
    /** Evaluations of one trainer and round. */
    private static final int MAX_EVALUATIONS = 2;

    private static final Pattern INCARNATION = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final JobState state;

    TrainerRules(JobState state) {
        this.state = state;
    }

    /** The first rule that a join breaks. */
    Optional<Refusal> refusal(TrainerJoined joined) {
        return identity(joined)
                .or(() -> RulesVersion.boundEveryField(state.spec()) ? bounds(joined) : Optional.empty());
    }

    private Optional<Refusal> identity(TrainerJoined joined) {
        String trainer = joined.getTrainer();
        String incarnation = joined.getIncarnation();
        if (!joined.getJobUuid().equals(state.jobUuid())) {
            return wrongJob(joined.getJobUuid());
        }
        if (!Identifiers.isValid(trainer) || trainer.equals(Identifiers.SUBMITTER)) {
            return refuse(BAD_TRAINER, "trainer '" + trainer + "'");
        }
        if (!joined.getLayoutDigest().equals(state.layoutDigest())) {
            return refuse(WRONG_LAYOUT, trainer + " has " + Digests.hex(joined.getLayoutDigest()));
        }
        if (state.hasEnded(trainer, incarnation)) {
            return refuse(FENCED, "incarnation " + incarnation + " of " + trainer + " ended");
        }
        if (!isIncarnation(incarnation)) {
            return refuse(BAD_TRAINER, "incarnation '" + incarnation + "' of " + trainer);
        }
        return incarnation.equals(state.admitted().get(trainer))
                ? refuse(DUPLICATE, "incarnation '" + incarnation + "' of " + trainer)
                : Optional.empty();
    }

    private Optional<Refusal> bounds(TrainerJoined joined) {
        return invitation(joined.getTrainer())
                .or(() -> FieldBounds.number("numExamples", joined.getNumExamples(), 0, FieldBounds.MAX_EXAMPLES))
                .or(() -> FieldBounds.number("lastSyncRound", joined.getLastSyncRound(), -1, state.lastPublished()))
                .or(() -> FieldBounds.text("software", joined.getSoftware()))
                .or(() -> FieldBounds.signature(joined.getSignature()))
                .or(() -> incarnationOfAnother(joined));
    }

    private Optional<Refusal> invitation(String trainer) {
        JobSpec spec = state.spec();
        if (!spec.getTrainers().isEmpty() && !spec.getTrainers().contains(trainer)) {
            return refuse(
                    NOT_INVITED,
                    trainer + " is none of the " + spec.getTrainers().size() + " trainers of the job");
        }
        boolean isNew = !state.admitted().containsKey(trainer);
        return isNew && state.admitted().size() >= spec.getMaxTrainers()
                ? refuse(TOO_MANY_TRAINERS, "as many trainers as the job allows are admitted: " + spec.getMaxTrainers())
                : Optional.empty();
    }

    private Optional<Refusal> incarnationOfAnother(TrainerJoined joined) {
        return state.admitted().entrySet().stream()
                .filter(other -> other.getValue().equals(joined.getIncarnation()))
                .findFirst()
                .flatMap(other -> refuse(
                        BAD_TRAINER,
                        "incarnation '" + joined.getIncarnation() + "' of " + joined.getTrainer() + " is that of "
                                + other.getKey()));
    }

    /** The first rule that a trainer's leaving breaks. */
    Optional<Refusal> refusal(TrainerLeft left) {
        if (RulesVersion.boundEveryField(state.spec())) {
            if (!left.getJobUuid().equals(state.jobUuid())) {
                return wrongJob(left.getJobUuid());
            }
            Optional<Refusal> tooLong = FieldBounds.text("reason", left.getReason());
            if (tooLong.isPresent()) {
                return tooLong;
            }
        }
        return left.getIncarnation().equals(state.admitted().get(left.getTrainer()))
                ? Optional.empty()
                : refuse(NOT_APPLICABLE, state.described());
    }

    /** The first rule that an evaluation breaks. */
    Optional<Refusal> refusal(EvaluationReported reported) {
        String trainer = reported.getTrainer();
        int round = reported.getRound();
        boolean bounded = RulesVersion.boundEveryField(state.spec());
        if (bounded && !reported.getJobUuid().equals(state.jobUuid())) {
            return wrongJob(reported.getJobUuid());
        }
        if (!reported.getIncarnation().equals(state.admitted().get(trainer))) {
            return refuse(NOT_ADMITTED, "incarnation " + reported.getIncarnation() + " of " + trainer);
        }
        if (round < 0 || round > state.lastPublished()) {
            return refuse(WRONG_ROUND, "round " + round + " is not published");
        }
        if (bounded) {
            return FieldBounds.metrics(reported.getMetrics()).or(() -> evaluatedBefore(trainer, round));
        }
        return reported.getMetrics().size() > MetricRules.MOST
                ? refuse(BAD_METRICS, reported.getMetrics().size() + " metrics")
                : Optional.empty();
    }

    /**
     * Each evaluation is copied to every partition of the log, so their number is limited; metrics measured later may follow
     * in another one.
     */
    private Optional<Refusal> evaluatedBefore(String trainer, int round) {
        JobState.Evaluated last = state.evaluated(trainer);
        return round > last.round() || (round == last.round() && last.times() < MAX_EVALUATIONS)
                ? Optional.empty()
                : refuse(
                        DUPLICATE,
                        trainer + " has reported " + last.times() + " evaluations of round " + last.round()
                                + ", and reports round " + round);
    }

    static boolean isIncarnation(String text) {
        return INCARNATION.matcher(text).matches();
    }

    private Optional<Refusal> wrongJob(String jobUuid) {
        return refuse(WRONG_JOB, "job " + jobUuid + ", here runs " + state.jobUuid());
    }

    private static Optional<Refusal> refuse(RejectionReason reason, String detail) {
        return Optional.of(new Refusal(reason, detail));
    }
}
