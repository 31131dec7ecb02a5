package io.rondo.aggregator.round;

import io.rondo.log.AbortRequested;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.EvaluationReported;
import io.rondo.log.JobAborted;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundsArchived;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;

/**
 * The answers to one input, at one moment: what the input itself decides, then what follows from the state until nothing
 * more follows.
 */
final class Turn {
    private static final int MAX_METRICS = 64;
    private static final Pattern INCARNATION = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final JobState state;
    private final JobRules jobRules;
    private final UpdateRules updateRules;
    private final LateRules lateRules;
    private final PartRules partRules;
    private final Input input;
    private final Answer answer;
    private final RoundSteps steps;

    /** @param now milliseconds since 1970 */
    Turn(JobState state, JobRules jobRules, Outbox outbox, Input input, long now) {
        this.state = state;
        this.jobRules = jobRules;
        this.updateRules = new UpdateRules(state);
        this.lateRules = new LateRules(state, updateRules);
        this.partRules = new PartRules(state);
        this.input = input;
        this.answer = new Answer(state, outbox, input);
        this.steps = new RoundSteps(state, answer, now);
    }

    /** Decides on it. */
    void answer() {
        if (input instanceof Input.Received received) {
            receive(received);
        } else if (input instanceof Input.Unreadable unreadable) {
            answer.refuse(unreadable.reason(), unreadable.detail());
        } else {
            steps.passDeadline();
        }
        boolean followed = true;
        while (followed) {
            followed = steps.followUp();
        }
    }

    private void receive(Input.Received received) {
        SpecificRecord value = received.value();
        switch (received.topic()) {
            case COMMANDS -> command(value);
            case MANIFESTS -> manifest(value);
            case PARTS -> part(value);
        }
    }

    private void command(SpecificRecord value) {
        if (value instanceof JobSubmitted submitted) {
            submit(submitted);
        } else if (value instanceof PauseRequested pause) {
            boolean fits = isThisJob(pause.getJobUuid()) && state.status() == JobState.Status.RUNNING;
            decideIf(fits, () -> new JobPaused(answer.header(), state.jobUuid(), pause.getReason()));
        } else if (value instanceof ResumeRequested resume) {
            boolean fits = isThisJob(resume.getJobUuid()) && state.status() == JobState.Status.PAUSED;
            decideIf(fits, () -> new JobResumed(answer.header(), state.jobUuid(), resume.getReason()));
        } else if (value instanceof AbortRequested abort) {
            abort(abort);
        } else if (!(value instanceof RoundsArchived archived) || !isThisJob(archived.getJobUuid())) {
            answer.refuse(RejectionReason.UNEXPECTED_RECORD, typeOf(value));
        }
    }

    private void submit(JobSubmitted submitted) {
        if (state.status() != JobState.Status.AWAITED) {
            answer.refuse(RejectionReason.JOB_EXISTS, "job " + submitted.getJobUuid() + ", here is " + state.jobUuid());
            return;
        }
        Optional<Refusal> refusal = jobRules.refusal(submitted);
        if (refusal.isPresent()) {
            answer.refuse(refusal.get().reason(), refusal.get().detail());
            return;
        }
        answer.decide(new JobStarted(
                answer.header(),
                submitted.getJobUuid(),
                submitted.getSpec(),
                submitted.getLayout(),
                submitted.getLayoutDigest(),
                submitted.getLineage()));
    }

    private void abort(AbortRequested abort) {
        if (!isThisJob(abort.getJobUuid()) || !state.isAlive()) {
            answer.refuse(RejectionReason.NOT_APPLICABLE, "there is no such job to abort");
            return;
        }
        if (!(state.phase() instanceof RoundPhase.None)) {
            answer.decide(new RoundFailed(
                    answer.header(), state.lastRound(), RejectionReason.ABORTED.id(), "the job was aborted"));
        }
        answer.decide(new JobAborted(answer.header(), state.jobUuid(), abort.getReason()));
    }

    private void manifest(SpecificRecord value) {
        if (state.status() == JobState.Status.AWAITED) {
            answer.refuse(RejectionReason.NOT_APPLICABLE, "no job is started");
        } else if (value instanceof TrainerJoined joined) {
            join(joined);
        } else if (value instanceof TrainerLeft left) {
            boolean fits = left.getIncarnation().equals(state.admitted().get(left.getTrainer()));
            decideIf(fits, () -> new TrainerRemoved(answer.header(), left.getTrainer(), left.getIncarnation(), "left"));
        } else if (value instanceof UpdateManifest update) {
            update(update);
        } else if (value instanceof EvaluationReported evaluation) {
            evaluation(evaluation);
        } else {
            answer.refuse(RejectionReason.UNEXPECTED_RECORD, typeOf(value));
        }
    }

    private void join(TrainerJoined joined) {
        String trainer = joined.getTrainer();
        String current = state.admitted().get(trainer);
        if (!isThisJob(joined.getJobUuid())) {
            answer.refuse(RejectionReason.WRONG_JOB, "job " + joined.getJobUuid() + ", here runs " + state.jobUuid());
        } else if (!Identifiers.isValid(trainer) || trainer.equals(Identifiers.SUBMITTER)) {
            answer.refuse(RejectionReason.BAD_TRAINER, "trainer '" + trainer + "'");
        } else if (!joined.getLayoutDigest().equals(state.layoutDigest())) {
            answer.refuse(RejectionReason.WRONG_LAYOUT, trainer + " has " + Digests.hex(joined.getLayoutDigest()));
        } else if (state.hasEnded(joined.getIncarnation())) {
            answer.refuse(
                    RejectionReason.FENCED, "incarnation " + joined.getIncarnation() + " of " + trainer + " ended");
        } else if (!INCARNATION.matcher(joined.getIncarnation()).matches()) {
            answer.refuse(RejectionReason.BAD_TRAINER, "incarnation '" + joined.getIncarnation() + "' of " + trainer);
        } else if (joined.getIncarnation().equals(current)) {
            answer.refuse(RejectionReason.DUPLICATE, "incarnation '" + joined.getIncarnation() + "' of " + trainer);
        } else {
            answer.decide(new TrainerAdmitted(answer.header(), trainer, joined.getIncarnation(), current));
        }
    }

    private void update(UpdateManifest manifest) {
        if (lateRules.apply(manifest)) {
            // its own time shows that the deadline is over, and all before it in the log has been answered
            steps.passDeadline();
        }
        takeBack(manifest);
        Optional<Refusal> refusal = updateRules.refusal(manifest, answer.at());
        int round = manifest.getRound();
        double weight = UpdateWeight.of(manifest, state.spec());
        if (lateRules.apply(manifest) && refusal.filter(Refusal::isLate).isPresent()) {
            refusal = lateRules.refusal(manifest);
            round++;
            weight *= state.spec().getStalenessWeight();
        }
        if (refusal.isPresent()) {
            answer.decide(new UpdateRejected(
                    answer.header(),
                    manifest.getRound(),
                    Answer.brief(manifest.getTrainer()),
                    Answer.brief(manifest.getIncarnation()),
                    Answer.brief(manifest.getAttempt()),
                    refusal.get().reason().id(),
                    Answer.brief(refusal.get().detail()),
                    false));
            return;
        }
        supersede(manifest);
        answer.decide(new UpdateAccepted(answer.header(), round, weight, manifest));
    }

    /** An update that was on its way when its trainer was removed as absent shows that the trainer is there. */
    private void takeBack(UpdateManifest manifest) {
        if (Rules.replaceTheGone(state.spec())
                && isThisJob(manifest.getJobUuid())
                && state.isAway(manifest.getTrainer(), manifest.getIncarnation())) {
            answer.decide(new TrainerAdmitted(answer.header(), manifest.getTrainer(), manifest.getIncarnation(), null));
        }
    }

    /** A fresh update takes the place of its trainer's late one. */
    private void supersede(UpdateManifest fresh) {
        if (state.phase() instanceof RoundPhase.Open open) {
            open.staleUpdateOf(fresh.getTrainer())
                    .ifPresent(stale -> answer.revoke(
                            stale,
                            RejectionReason.SUPERSEDED.id(),
                            "attempt " + fresh.getAttempt() + " of round " + fresh.getRound() + " counts instead"));
        }
    }

    private void evaluation(EvaluationReported reported) {
        String trainer = reported.getTrainer();
        if (!reported.getIncarnation().equals(state.admitted().get(trainer))) {
            answer.refuse(RejectionReason.NOT_ADMITTED, "incarnation " + reported.getIncarnation() + " of " + trainer);
        } else if (reported.getRound() < 0 || reported.getRound() > state.lastPublished()) {
            answer.refuse(RejectionReason.WRONG_ROUND, "round " + reported.getRound() + " is not published");
        } else if (reported.getMetrics().size() > MAX_METRICS) {
            answer.refuse(RejectionReason.BAD_METRICS, reported.getMetrics().size() + " metrics");
        } else {
            answer.decide(new EvaluationRecorded(answer.header(), reported.getRound(), trainer, reported.getMetrics()));
        }
    }

    /** One part alone decides nothing: it is noted, and read again from its topic by a restarted coordinator. */
    private void part(SpecificRecord value) {
        if (value instanceof PartFolded folded) {
            partRules.awaiting(folded.getRound(), folded.getRevision()).ifPresent(closed -> {
                if (partRules.holdsItsChunks(folded)) {
                    state.note(closed.folded(folded));
                } else {
                    answer.refuse(RejectionReason.WRONG_SHAPE, "part " + folded.getPartition() + " has other chunks");
                }
            });
        } else if (value instanceof PartMeasured measured) {
            partRules.awaiting(measured.getRound(), measured.getRevision()).ifPresent(closed -> {
                if (partRules.holdsItsNumbers(measured, closed)) {
                    state.note(closed.measured(measured));
                } else {
                    answer.refuse(
                            RejectionReason.WRONG_SHAPE, "part " + measured.getPartition() + " has other numbers");
                }
            });
        } else if (value instanceof PartRefused refused) {
            accepted(refused).ifPresent(update -> answer.revoke(update, refused.getReason(), refused.getDetail()));
        } else {
            answer.refuse(RejectionReason.UNEXPECTED_RECORD, typeOf(value));
        }
    }

    /** Takes from an input that is answered in the log what no decision holds: a part of the closed round. */
    void note() {
        if (!(input instanceof Input.Received received)) {
            return;
        }
        if (received.value() instanceof PartFolded folded) {
            partRules
                    .awaiting(folded.getRound(), folded.getRevision())
                    .filter(closed -> partRules.holdsItsChunks(folded))
                    .ifPresent(closed -> state.note(closed.folded(folded)));
        } else if (received.value() instanceof PartMeasured measured) {
            partRules
                    .awaiting(measured.getRound(), measured.getRevision())
                    .filter(closed -> partRules.holdsItsNumbers(measured, closed))
                    .ifPresent(closed -> state.note(closed.measured(measured)));
        }
    }

    private Optional<UpdateAccepted> accepted(PartRefused refused) {
        return state.currentRound()
                .filter(open -> open.round() == refused.getRound())
                .flatMap(open -> open.update(refused.getAttempt()));
    }

    private boolean isThisJob(String jobUuid) {
        return state.status() != JobState.Status.AWAITED && jobUuid.equals(state.jobUuid());
    }

    private void decideIf(boolean fits, Supplier<SpecificRecord> decision) {
        if (fits) {
            answer.decide(decision.get());
        } else {
            answer.refuse(
                    RejectionReason.NOT_APPLICABLE, "the job is " + state.status() + " and has " + state.admitted());
        }
    }

    private static String typeOf(SpecificRecord value) {
        return value.getSchema().getFullName();
    }
}
