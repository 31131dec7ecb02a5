package io.rondo.aggregator.round;

import io.rondo.log.AbortRequested;
import io.rondo.log.JobAborted;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundsArchived;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyRevokeRequested;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/** Decides on the records of {@code commands}: an operator submits, pauses, resumes or aborts the job. */
final class CommandHandler {
    private final JobState state;
    private final JobRules rules;
    private final DecisionWriter writer;
    private final KeyHandler keys;

    CommandHandler(JobState state, JobRules rules, DecisionWriter writer) {
        this.state = state;
        this.rules = rules;
        this.writer = writer;
        this.keys = new KeyHandler(state, writer);
    }

    void to(SpecificRecord command) {
        switch (InputKind.of(command)) {
            case JOB_SUBMITTED -> submit((JobSubmitted) command);
            case PAUSE_REQUESTED -> pause((PauseRequested) command);
            case RESUME_REQUESTED -> resume((ResumeRequested) command);
            case ABORT_REQUESTED -> abort((AbortRequested) command);
            case TRAINER_KEY_ADD_REQUESTED -> {
                TrainerKeyAddRequested added = (TrainerKeyAddRequested) command;
                ofThisJob(added.getJobUuid(), command, () -> keys.to(added));
            }
            case TRAINER_KEY_REVOKE_REQUESTED -> {
                TrainerKeyRevokeRequested revoked = (TrainerKeyRevokeRequested) command;
                ofThisJob(revoked.getJobUuid(), command, () -> keys.to(revoked));
            }
            case ROUNDS_ARCHIVED ->
                // it decides nothing: it informs readers that look for the rounds
                ofThisJob(((RoundsArchived) command).getJobUuid(), command, () -> {});
            case TRAINER_JOINED,
                    TRAINER_LEFT,
                    UPDATE_MANIFEST,
                    EVALUATION_REPORTED,
                    PART_FOLDED,
                    PART_MEASURED,
                    PART_REFUSED,
                    OTHER -> refuseUnexpected(command);
        }
    }

    private void ofThisJob(String jobUuid, SpecificRecord command, Runnable answer) {
        if (state.isOfJob(jobUuid)) {
            answer.run();
        } else {
            refuseUnexpected(command);
        }
    }

    private void refuseUnexpected(SpecificRecord command) {
        writer.refuse(RejectionReason.UNEXPECTED_RECORD, command.getSchema().getFullName());
    }

    private void pause(PauseRequested pause) {
        boolean fits = state.isOfJob(pause.getJobUuid()) && state.status() == JobState.Status.RUNNING;
        decideIf(fits, () -> new JobPaused(writer.header(), state.jobUuid(), text(pause.getReason())));
    }

    private void resume(ResumeRequested resume) {
        boolean fits = state.isOfJob(resume.getJobUuid()) && state.status() == JobState.Status.PAUSED;
        decideIf(fits, () -> new JobResumed(writer.header(), state.jobUuid(), text(resume.getReason())));
    }

    private void submit(JobSubmitted submitted) {
        if (state.status() != JobState.Status.AWAITED) {
            writer.refuse(RejectionReason.JOB_EXISTS, "job " + submitted.getJobUuid() + ", here is " + state.jobUuid());
            return;
        }
        Optional<Refusal> refusal = rules.refusal(submitted);
        if (refusal.isPresent()) {
            writer.refuse(refusal.get());
            return;
        }
        writer.decide(new JobStarted(
                writer.header(),
                submitted.getJobUuid(),
                submitted.getSpec(),
                submitted.getLayout(),
                submitted.getLayoutDigest(),
                submitted.getLineage(),
                submitted.getInitialDigest()));
    }

    private void abort(AbortRequested abort) {
        if (!state.isOfJob(abort.getJobUuid()) || !state.isAlive()) {
            writer.refuse(RejectionReason.NOT_APPLICABLE, "there is no such job to abort");
            return;
        }
        if (!(state.phase() instanceof RoundPhase.None)) {
            writer.decide(new RoundFailed(
                    writer.header(), state.lastRound(), RejectionReason.ABORTED.id(), "the job was aborted"));
        }
        writer.decide(new JobAborted(writer.header(), state.jobUuid(), text(abort.getReason())));
    }

    private String text(String reason) {
        return RulesVersion.boundEveryField(state.spec()) ? writer.brief(reason) : reason;
    }

    private void decideIf(boolean fits, Supplier<SpecificRecord> decision) {
        if (fits) {
            writer.decide(decision.get());
        } else {
            writer.refuse(RejectionReason.NOT_APPLICABLE, state.described());
        }
    }
}
