package io.rondo.aggregator.round;

import io.rondo.log.EvaluationRecorded;
import io.rondo.log.EvaluationReported;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/** Decides on the records of {@code manifests}: trainers join and leave, send updates, and report evaluations. */
final class TrainerHandler {
    private final JobState state;
    private final TrainerRules trainerRules;
    private final UpdateRules updateRules;
    private final LateRules lateRules;
    private final DecisionWriter writer;
    private final RoundSteps steps;

    TrainerHandler(JobState state, DecisionWriter writer, RoundSteps steps) {
        this.state = state;
        this.trainerRules = new TrainerRules(state);
        this.updateRules = new UpdateRules(state);
        this.lateRules = new LateRules(state, updateRules);
        this.writer = writer;
        this.steps = steps;
    }

    /**
     * Whether an update counts, and for what.
     *
     * @param round the round in which it counts: its own, or the one after it
     */
    private record Verdict(Optional<Refusal> refusal, int round, double weight) {}

    void to(SpecificRecord record) {
        if (state.status() == JobState.Status.AWAITED) {
            writer.refuse(RejectionReason.NOT_APPLICABLE, "no job is started");
            return;
        }
        switch (InputKind.of(record)) {
            case TRAINER_JOINED -> join((TrainerJoined) record);
            case TRAINER_LEFT -> leave((TrainerLeft) record);
            case UPDATE_MANIFEST -> update((UpdateManifest) record);
            case EVALUATION_REPORTED -> evaluate((EvaluationReported) record);
            case JOB_SUBMITTED,
                    PAUSE_REQUESTED,
                    RESUME_REQUESTED,
                    ABORT_REQUESTED,
                    ROUNDS_ARCHIVED,
                    TRAINER_KEY_ADD_REQUESTED,
                    TRAINER_KEY_REVOKE_REQUESTED,
                    PART_FOLDED,
                    PART_MEASURED,
                    PART_REFUSED,
                    OTHER ->
                writer.refuse(
                        RejectionReason.UNEXPECTED_RECORD, record.getSchema().getFullName());
        }
    }

    private void leave(TrainerLeft left) {
        decideUnless(
                trainerRules.refusal(left),
                () -> new TrainerRemoved(writer.header(), left.getTrainer(), left.getIncarnation(), "left"),
                left);
    }

    private void evaluate(EvaluationReported evaluation) {
        decideUnless(
                trainerRules.refusal(evaluation),
                () -> new EvaluationRecorded(
                        writer.header(), evaluation.getRound(), evaluation.getTrainer(), evaluation.getMetrics()),
                evaluation);
    }

    private void join(TrainerJoined joined) {
        String trainer = joined.getTrainer();
        decideUnless(
                trainerRules.refusal(joined),
                () -> new TrainerAdmitted(
                        writer.header(),
                        trainer,
                        joined.getIncarnation(),
                        state.admitted().get(trainer),
                        RulesVersion.boundEveryField(state.spec()) ? writer.brief(joined.getSoftware()) : ""),
                joined);
    }

    private void decideUnless(Optional<Refusal> refusal, Supplier<SpecificRecord> decision, SpecificRecord record) {
        if (refusal.isPresent()) {
            writer.refuse(refusal.get(), record);
        } else {
            writer.settle();
            writer.decide(decision.get());
        }
    }

    private void update(UpdateManifest manifest) {
        if (isRefusedWithOthers(manifest)) {
            return;
        }
        writer.settle();
        if (lateRules.apply(manifest)) {
            // its own timestamp is past the deadline, and all earlier records are answered
            steps.passDeadline();
        }
        takeBack(manifest);
        Verdict verdict = verdict(manifest);
        if (verdict.refusal().isPresent()) {
            reject(manifest, verdict.refusal().get());
            return;
        }
        supersede(manifest);
        writer.decide(new UpdateAccepted(writer.header(), verdict.round(), verdict.weight(), manifest));
    }

    /**
     * Whether the update is refused, without any other decision on it, and answered together with others. An admitted
     * trainer and the submitter may send again what was refused: they are always answered.
     */
    private boolean isRefusedWithOthers(UpdateManifest manifest) {
        boolean isHeard = manifest.getTrainer().equals(Identifiers.SUBMITTER)
                || manifest.getIncarnation().equals(state.admitted().get(manifest.getTrainer()));
        boolean decidesFirst = (lateRules.apply(manifest) && steps.isOverdue()) || isTakenBack(manifest);
        return !isHeard
                && !decidesFirst
                && verdict(manifest)
                        .refusal()
                        .filter(refusal -> writer.joins(refusal, true))
                        .isPresent();
    }

    private Verdict verdict(UpdateManifest manifest) {
        Optional<Refusal> refusal = updateRules.refusal(manifest, writer.at());
        double weight = UpdateWeight.of(manifest, state.spec());
        return lateRules.apply(manifest) && refusal.filter(Refusal::isLate).isPresent()
                ? new Verdict(
                        lateRules.refusal(manifest),
                        manifest.getRound() + 1,
                        weight * state.spec().getStalenessWeight())
                : new Verdict(refusal, manifest.getRound(), weight);
    }

    private void reject(UpdateManifest manifest, Refusal refusal) {
        writer.decide(new UpdateRejected(
                writer.header(),
                manifest.getRound(),
                writer.brief(manifest.getTrainer()),
                writer.brief(manifest.getIncarnation()),
                writer.brief(manifest.getAttempt()),
                refusal.reason().id(),
                writer.brief(refusal.detail()),
                false));
    }

    /** An update that was in flight when its trainer was removed as absent shows that the trainer is present. */
    private void takeBack(UpdateManifest manifest) {
        if (isTakenBack(manifest)) {
            writer.decide(
                    new TrainerAdmitted(writer.header(), manifest.getTrainer(), manifest.getIncarnation(), null, ""));
        }
    }

    private boolean isTakenBack(UpdateManifest manifest) {
        return RulesVersion.replaceTheGone(state.spec())
                && state.isOfJob(manifest.getJobUuid())
                && state.isAway(manifest.getTrainer(), manifest.getIncarnation());
    }

    /** A current update replaces its trainer's late one. */
    private void supersede(UpdateManifest fresh) {
        if (state.phase() instanceof RoundPhase.Open open) {
            open.staleUpdateOf(fresh.getTrainer())
                    .ifPresent(stale -> writer.revoke(
                            stale,
                            RejectionReason.SUPERSEDED.id(),
                            "attempt " + fresh.getAttempt() + " of round " + fresh.getRound() + " counts instead"));
        }
    }
}
