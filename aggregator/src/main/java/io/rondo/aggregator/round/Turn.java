package io.rondo.aggregator.round;

import io.rondo.log.AbortRequested;
import io.rondo.log.CohortMember;
import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.EvaluationReported;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.RoundsArchived;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import java.util.List;
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
    private static final int MAX_DETAIL = 300;
    private static final Pattern INCARNATION = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final JobState state;
    private final JobRules jobRules;
    private final UpdateRules updateRules;
    private final LateRules lateRules;
    private final PartRules partRules;
    private final Outbox outbox;
    private final long now;
    private Source source;
    private long at;

    Turn(JobState state, JobRules jobRules, Outbox outbox, long now) {
        this.state = state;
        this.jobRules = jobRules;
        this.updateRules = new UpdateRules(state);
        this.lateRules = new LateRules(state, updateRules);
        this.partRules = new PartRules(state);
        this.outbox = outbox;
        this.now = now;
    }

    void answer(Input input) {
        source = input.source();
        at = input.at();
        if (input instanceof Input.Received received) {
            receive(received);
        } else if (input instanceof Input.Unreadable unreadable) {
            refuse(unreadable.reason(), unreadable.detail());
        } else {
            passDeadline();
        }
        boolean followed = true;
        while (followed) {
            followed = followUp();
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
            decideIf(fits, () -> new JobPaused(header(), state.jobUuid(), pause.getReason()));
        } else if (value instanceof ResumeRequested resume) {
            boolean fits = isThisJob(resume.getJobUuid()) && state.status() == JobState.Status.PAUSED;
            decideIf(fits, () -> new JobResumed(header(), state.jobUuid(), resume.getReason()));
        } else if (value instanceof AbortRequested abort) {
            abort(abort);
        } else if (!(value instanceof RoundsArchived archived) || !isThisJob(archived.getJobUuid())) {
            refuse(RejectionReason.UNEXPECTED_RECORD, typeOf(value));
        }
    }

    private void submit(JobSubmitted submitted) {
        if (state.status() != JobState.Status.AWAITED) {
            refuse(RejectionReason.JOB_EXISTS, "job " + submitted.getJobUuid() + ", here is " + state.jobUuid());
            return;
        }
        Optional<Refusal> refusal = jobRules.refusal(submitted);
        if (refusal.isPresent()) {
            refuse(refusal.get().reason(), refusal.get().detail());
            return;
        }
        decide(new JobStarted(
                header(),
                submitted.getJobUuid(),
                submitted.getSpec(),
                submitted.getLayout(),
                submitted.getLayoutDigest(),
                submitted.getLineage()));
    }

    private void abort(AbortRequested abort) {
        if (!isThisJob(abort.getJobUuid()) || !state.isAlive()) {
            refuse(RejectionReason.NOT_APPLICABLE, "there is no such job to abort");
            return;
        }
        if (!(state.phase() instanceof RoundPhase.None)) {
            decide(new RoundFailed(header(), state.lastRound(), RejectionReason.ABORTED.id(), "the job was aborted"));
        }
        decide(new JobAborted(header(), state.jobUuid(), abort.getReason()));
    }

    private void manifest(SpecificRecord value) {
        if (state.status() == JobState.Status.AWAITED) {
            refuse(RejectionReason.NOT_APPLICABLE, "no job is started");
        } else if (value instanceof TrainerJoined joined) {
            join(joined);
        } else if (value instanceof TrainerLeft left) {
            boolean fits = left.getIncarnation().equals(state.admitted().get(left.getTrainer()));
            decideIf(fits, () -> new TrainerRemoved(header(), left.getTrainer(), left.getIncarnation(), "left"));
        } else if (value instanceof UpdateManifest update) {
            update(update);
        } else if (value instanceof EvaluationReported evaluation) {
            evaluation(evaluation);
        } else {
            refuse(RejectionReason.UNEXPECTED_RECORD, typeOf(value));
        }
    }

    private void join(TrainerJoined joined) {
        String trainer = joined.getTrainer();
        String current = state.admitted().get(trainer);
        if (!isThisJob(joined.getJobUuid())) {
            refuse(RejectionReason.WRONG_JOB, "job " + joined.getJobUuid() + ", here runs " + state.jobUuid());
        } else if (!Identifiers.isValid(trainer) || trainer.equals(Identifiers.SUBMITTER)) {
            refuse(RejectionReason.BAD_TRAINER, "trainer '" + trainer + "'");
        } else if (!joined.getLayoutDigest().equals(state.layoutDigest())) {
            refuse(RejectionReason.WRONG_LAYOUT, trainer + " has " + Digests.hex(joined.getLayoutDigest()));
        } else if (state.hasEnded(joined.getIncarnation())) {
            refuse(RejectionReason.FENCED, "incarnation " + joined.getIncarnation() + " of " + trainer + " ended");
        } else if (!INCARNATION.matcher(joined.getIncarnation()).matches()) {
            refuse(RejectionReason.BAD_TRAINER, "incarnation '" + joined.getIncarnation() + "' of " + trainer);
        } else if (joined.getIncarnation().equals(current)) {
            refuse(RejectionReason.DUPLICATE, "incarnation '" + joined.getIncarnation() + "' of " + trainer);
        } else {
            decide(new TrainerAdmitted(header(), trainer, joined.getIncarnation(), current));
        }
    }

    private void update(UpdateManifest manifest) {
        if (lateRules.apply(manifest)) {
            // its own time shows that the deadline is over, and all before it in the log has been answered
            passDeadline();
        }
        Optional<Refusal> refusal = updateRules.refusal(manifest, at);
        int round = manifest.getRound();
        double weight = UpdateWeight.of(state.spec().getWeights()).of(manifest.getNumExamples());
        if (lateRules.apply(manifest) && refusal.filter(Refusal::isLate).isPresent()) {
            refusal = lateRules.refusal(manifest);
            round++;
            weight *= state.spec().getStalenessWeight();
        }
        if (refusal.isPresent()) {
            decide(new UpdateRejected(
                    header(),
                    manifest.getRound(),
                    brief(manifest.getTrainer()),
                    brief(manifest.getIncarnation()),
                    brief(manifest.getAttempt()),
                    refusal.get().reason().id(),
                    brief(refusal.get().detail()),
                    false));
            return;
        }
        supersede(manifest);
        decide(new UpdateAccepted(header(), round, weight, manifest));
    }

    /** A fresh update takes the place of its trainer's late one. */
    private void supersede(UpdateManifest fresh) {
        if (state.phase() instanceof RoundPhase.Open open) {
            open.staleUpdateOf(fresh.getTrainer())
                    .ifPresent(stale -> revoke(
                            stale,
                            RejectionReason.SUPERSEDED.id(),
                            "attempt " + fresh.getAttempt() + " of round " + fresh.getRound() + " counts instead"));
        }
    }

    private void evaluation(EvaluationReported reported) {
        String trainer = reported.getTrainer();
        if (!reported.getIncarnation().equals(state.admitted().get(trainer))) {
            refuse(RejectionReason.NOT_ADMITTED, "incarnation " + reported.getIncarnation() + " of " + trainer);
        } else if (reported.getRound() < 0 || reported.getRound() > state.lastPublished()) {
            refuse(RejectionReason.WRONG_ROUND, "round " + reported.getRound() + " is not published");
        } else if (reported.getMetrics().size() > MAX_METRICS) {
            refuse(RejectionReason.BAD_METRICS, reported.getMetrics().size() + " metrics");
        } else {
            decide(new EvaluationRecorded(header(), reported.getRound(), trainer, reported.getMetrics()));
        }
    }

    /** One part alone decides nothing: it is noted, and read again from its topic by a restarted coordinator. */
    private void part(SpecificRecord value) {
        if (value instanceof PartFolded folded) {
            partRules.awaiting(folded.getRound(), folded.getRevision()).ifPresent(closed -> {
                if (partRules.holdsItsChunks(folded)) {
                    state.note(closed.folded(folded));
                } else {
                    refuse(RejectionReason.WRONG_SHAPE, "part " + folded.getPartition() + " has other chunks");
                }
            });
        } else if (value instanceof PartMeasured measured) {
            partRules.awaiting(measured.getRound(), measured.getRevision()).ifPresent(closed -> {
                if (partRules.holdsItsNumbers(measured, closed)) {
                    state.note(closed.measured(measured));
                } else {
                    refuse(RejectionReason.WRONG_SHAPE, "part " + measured.getPartition() + " has other numbers");
                }
            });
        } else if (value instanceof PartRefused refused) {
            accepted(refused).ifPresent(update -> revoke(update, refused.getReason(), refused.getDetail()));
        } else {
            refuse(RejectionReason.UNEXPECTED_RECORD, typeOf(value));
        }
    }

    /** Takes from an input that is answered in the log what no decision holds: a part of the closed round. */
    void note(Input input) {
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

    private void revoke(UpdateAccepted update, String reason, String detail) {
        UpdateManifest manifest = update.getManifest();
        decide(new UpdateRejected(
                header(),
                update.getRound(),
                manifest.getTrainer(),
                manifest.getIncarnation(),
                manifest.getAttempt(),
                reason,
                detail,
                true));
    }

    private void passDeadline() {
        if (state.phase() instanceof RoundPhase.Open open && at > state.dueAt(open)) {
            if (open.hasQuorum()) {
                decide(close(open, "deadline"));
            } else {
                goOnWithoutQuorum(open);
            }
        }
    }

    private void goOnWithoutQuorum(RoundPhase.Open open) {
        WithoutQuorum rule = open.round() == 0
                ? WithoutQuorum.EXTEND
                : WithoutQuorum.of(state.spec().getWithoutQuorum());
        if (rule == WithoutQuorum.EXTEND) {
            decide(new RoundExtended(header(), open.round(), now + state.spec().getDeadlineMs()));
            return;
        }
        String detail = open.accepted().size() + " updates at the deadline, the quorum is "
                + open.opened().getQuorum();
        decide(new RoundFailed(header(), open.round(), RejectionReason.NO_QUORUM.id(), detail));
        if (rule == WithoutQuorum.FAIL) {
            decide(new JobAborted(header(), state.jobUuid(), "round " + open.round() + " had no quorum: " + detail));
        }
    }

    /** Decides what follows from the state alone. Whether there was something is returned. */
    private boolean followUp() {
        if (!state.isAlive()) {
            return false;
        }
        if (state.phase() instanceof RoundPhase.Open open) {
            if (open.hasQuorum() && everyoneAnswered(open)) {
                decide(close(open, "all"));
                return true;
            }
            return false;
        }
        if (state.phase() instanceof RoundPhase.Closed closed) {
            return followClose(closed);
        }
        return followRound();
    }

    /** Whether all of the cohort have sent their update of this round, but for those who said that they leave. */
    private boolean everyoneAnswered(RoundPhase.Open open) {
        return open.opened().getCohort().stream()
                .allMatch(trainer -> open.freshUpdateOf(trainer).isPresent()
                        || (open.round() > 0 && !state.admitted().containsKey(trainer)));
    }

    private boolean followClose(RoundPhase.Closed closed) {
        RoundPhase.Open open = closed.open();
        if (!open.members().equals(closed.closed().getMembers())) {
            if (open.hasQuorum()) {
                decide(close(open, "revision"));
            } else {
                long deadline = Math.max(open.deadline(), now + state.spec().getDeadlineMs());
                decide(new RoundReopened(header(), open.round(), deadline));
            }
            return true;
        }
        int partitions = state.spec().getPartitions();
        if (state.measuring(open.round()) != Measuring.NONE && closed.weighed().isEmpty()) {
            if (closed.measured().size() == partitions) {
                weigh(closed);
                return true;
            }
            return false;
        }
        if (closed.parts().size() == partitions) {
            publish(closed);
            return true;
        }
        return false;
    }

    /** Decides what each member counts for; where one is over the limit, the round closes again without it. */
    private void weigh(RoundPhase.Closed closed) {
        List<CohortMember> weighed = state.weighing()
                .weigh(closed.closed().getMembers(), closed.measured().values());
        List<CohortMember> over =
                weighed.stream().filter(state.weighing()::isOver).toList();
        if (over.isEmpty()) {
            decide(new RoundWeighed(
                    header(), closed.closed().getRound(), closed.closed().getRevision(), weighed));
            return;
        }
        for (CohortMember member : over) {
            revoke(
                    closed.open().update(member.getAttempt()).orElseThrow(),
                    RejectionReason.OVER_NORM.id(),
                    "its difference to the base has the norm " + member.getNorm() + ", allowed are "
                            + state.spec().getMaxUpdateNorm());
        }
    }

    private boolean followRound() {
        int next = state.lastRound() + 1;
        if (next > state.spec().getRounds()) {
            decide(new JobFinished(header(), state.jobUuid(), ""));
            return true;
        }
        Optional<String> absent = state.absent();
        if (absent.isPresent()) {
            String trainer = absent.get();
            decide(new TrainerRemoved(header(), trainer, state.admitted().get(trainer), RejectionReason.ABSENT.id()));
            return true;
        }
        if (state.status() == JobState.Status.PAUSED || (next > 0 && !enoughTrainers(next))) {
            return false;
        }
        open(next);
        return true;
    }

    private boolean enoughTrainers(int round) {
        return state.admitted().size() >= (round == 1 ? state.spec().getMinTrainers() : 1);
    }

    private void open(int round) {
        List<String> cohort = round == 0
                ? List.of(Identifiers.SUBMITTER)
                : CohortRule.parse(state.spec().getCohort())
                        .draw(
                                state.admitted().keySet(),
                                state.spec().getSeed(),
                                round,
                                state.measuring(round).mostAsked());
        FlatLayout flat = state.flatLayout(round);
        decide(new RoundOpened(
                header(),
                state.jobUuid(),
                round,
                state.lastPublished(),
                cohort,
                Quorum.parse(state.spec().getQuorum()).of(cohort.size()),
                now,
                now + state.spec().getDeadlineMs(),
                (long) flat.elements(),
                flat.chunks()));
    }

    private RoundClosed close(RoundPhase.Open open, String trigger) {
        return new RoundClosed(header(), open.round(), open.revision() + 1, trigger, open.members());
    }

    private void publish(RoundPhase.Closed closed) {
        RoundPublished published = Publication.of(state, closed);
        Sha256 publishedDigest = outbox.publish(published);
        decide(new RoundCompleted(
                header(),
                published.getRound(),
                published.getRevision(),
                published.getDigest(),
                publishedDigest,
                published.getChain(),
                state.buildsOnTheBase() ? published.getStartOffsets() : List.of()));
    }

    private boolean isThisJob(String jobUuid) {
        return state.status() != JobState.Status.AWAITED && jobUuid.equals(state.jobUuid());
    }

    private void decideIf(boolean fits, Supplier<SpecificRecord> decision) {
        if (fits) {
            decide(decision.get());
        } else {
            refuse(RejectionReason.NOT_APPLICABLE, "the job is " + state.status() + " and has " + state.admitted());
        }
    }

    private void refuse(RejectionReason reason, String detail) {
        decide(new InputRefused(header(), reason.id(), brief(detail)));
    }

    private void decide(SpecificRecord decision) {
        state.apply(decision, outbox.decide(decision));
    }

    private DecisionHeader header() {
        return new DecisionHeader(state.nextSequence(), source, at);
    }

    /** What a stranger wrote is copied into every partition of the log: no more of it than a person reads. */
    private static String brief(String text) {
        return text.length() <= MAX_DETAIL ? text : text.substring(0, MAX_DETAIL) + "…";
    }

    private static String typeOf(SpecificRecord value) {
        return value.getSchema().getFullName();
    }
}
