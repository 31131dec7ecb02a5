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
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/** What the records of {@code commands} decide: an operator submits, pauses, resumes or aborts the job. */
final class CommandAnswers {
    private final JobState state;
    private final JobRules rules;
    private final Answer answer;

    CommandAnswers(JobState state, JobRules rules, Answer answer) {
        this.state = state;
        this.rules = rules;
        this.answer = answer;
    }

    void to(SpecificRecord command) {
        if (command instanceof JobSubmitted submitted) {
            submit(submitted);
        } else if (command instanceof PauseRequested pause) {
            boolean fits = state.isOfJob(pause.getJobUuid()) && state.status() == JobState.Status.RUNNING;
            decideIf(fits, () -> new JobPaused(answer.header(), state.jobUuid(), text(pause.getReason())));
        } else if (command instanceof ResumeRequested resume) {
            boolean fits = state.isOfJob(resume.getJobUuid()) && state.status() == JobState.Status.PAUSED;
            decideIf(fits, () -> new JobResumed(answer.header(), state.jobUuid(), text(resume.getReason())));
        } else if (command instanceof AbortRequested abort) {
            abort(abort);
        } else if (!(command instanceof RoundsArchived archived) || !state.isOfJob(archived.getJobUuid())) {
            answer.refuse(RejectionReason.UNEXPECTED_RECORD, command.getSchema().getFullName());
        }
    }

    private void submit(JobSubmitted submitted) {
        if (state.status() != JobState.Status.AWAITED) {
            answer.refuse(RejectionReason.JOB_EXISTS, "job " + submitted.getJobUuid() + ", here is " + state.jobUuid());
            return;
        }
        Optional<Refusal> refusal = rules.refusal(submitted);
        if (refusal.isPresent()) {
            answer.refuse(refusal.get());
            return;
        }
        answer.decide(new JobStarted(
                answer.header(),
                submitted.getJobUuid(),
                submitted.getSpec(),
                submitted.getLayout(),
                submitted.getLayoutDigest(),
                submitted.getLineage(),
                submitted.getInitialDigest()));
    }

    private void abort(AbortRequested abort) {
        if (!state.isOfJob(abort.getJobUuid()) || !state.isAlive()) {
            answer.refuse(RejectionReason.NOT_APPLICABLE, "there is no such job to abort");
            return;
        }
        if (!(state.phase() instanceof RoundPhase.None)) {
            answer.decide(new RoundFailed(
                    answer.header(), state.lastRound(), RejectionReason.ABORTED.id(), "the job was aborted"));
        }
        answer.decide(new JobAborted(answer.header(), state.jobUuid(), text(abort.getReason())));
    }

    private String text(String reason) {
        return Rules.boundEveryField(state.spec()) ? answer.brief(reason) : reason;
    }

    private void decideIf(boolean fits, Supplier<SpecificRecord> decision) {
        if (fits) {
            answer.decide(decision.get());
        } else {
            answer.refuse(RejectionReason.NOT_APPLICABLE, state.described());
        }
    }
}
