package io.rondo.aggregator.round;

import io.rondo.log.CohortMember;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.Sha256;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The steps of a job's rounds that follow from its state and the time: open, close, weigh, publish, and what happens at a deadline. */
final class RoundSteps {
    /** After this many extensions without additional updates, a round stops waiting for its silent members. */
    private static final int MAX_WAITS = 3;

    private final JobState state;
    private final DecisionWriter writer;
    private final long now;

    /** @param now milliseconds since 1970, the opening time of a round that opens now */
    RoundSteps(JobState state, DecisionWriter writer, long now) {
        this.state = state;
        this.writer = writer;
        this.now = now;
    }

    /** Closes the open round, or ends it without a quorum, once its deadline is over. */
    void passDeadline() {
        if (isOverdue()) {
            RoundPhase.Open open = (RoundPhase.Open) state.phase();
            if (open.hasQuorum()) {
                writer.decide(close(open, "deadline"));
            } else {
                goOnWithoutQuorum(open);
            }
        }
    }

    /** Whether a round is open at the input's time, past its deadline. */
    boolean isOverdue() {
        return state.phase() instanceof RoundPhase.Open open && writer.at() > state.dueAt(open);
    }

    private void goOnWithoutQuorum(RoundPhase.Open open) {
        WithoutQuorum rule = open.round() == 0
                ? WithoutQuorum.EXTEND
                : WithoutQuorum.of(state.spec().getWithoutQuorum());
        if (rule == WithoutQuorum.EXTEND) {
            if (open.round() > 0 && RulesVersion.replaceTheGone(state.spec()) && askThoseWhoAreThere(open)) {
                return;
            }
            writer.decide(extended(open));
            return;
        }
        String detail = open.accepted().size() + " updates at the deadline, the quorum is "
                + open.opened().getQuorum();
        writer.decide(new RoundFailed(writer.header(), open.round(), RejectionReason.NO_QUORUM.id(), detail));
        if (rule == WithoutQuorum.FAIL) {
            writer.decide(new JobAborted(
                    writer.header(), state.jobUuid(), "round " + open.round() + " had no quorum: " + detail));
        }
    }

    private RoundExtended extended(RoundPhase.Open open) {
        RoundExtended.Builder extended = RoundExtended.newBuilder()
                .setHeader(writer.header())
                .setRound(open.round())
                .setDeadline(now + state.spec().getDeadlineMs());
        if (RulesVersion.sayForWhomRoundsWait(state.spec())) {
            int updates = open.accepted().size();
            extended.setUpdates(updates)
                    .setWaitsFor(AwaitedTrainers.of(
                            open.opened(), open.answered(), state.admitted().keySet()))
                    .setExtension(open.waits().after(updates).inARow());
        }
        return extended.build();
    }

    /**
     * Reopens the round on the same base if it can no longer reach its quorum: too many of its cohort have left, or have
     * been silent so long that they count as absent. If no other trainer is present, the round keeps waiting. Returns
     * whether it reopened.
     */
    private boolean askThoseWhoAreThere(RoundPhase.Open open) {
        Set<String> there = new TreeSet<>(state.admitted().keySet());
        Set<String> answered = open.answered();
        List<String> silent = List.of();
        if (open.canReachItsQuorum(there)) {
            if (open.waits().inARow() < MAX_WAITS
                    || open.accepted().size() > open.waits().most()) {
                return false;
            }
            silent = open.opened().getCohort().stream()
                    .filter(trainer -> there.contains(trainer) && !answered.contains(trainer))
                    .toList();
            there.removeAll(silent);
        }
        if (there.isEmpty()) {
            return false;
        }
        for (String trainer : silent) {
            writer.decide(new TrainerRemoved(
                    writer.header(), trainer, state.admitted().get(trainer), RejectionReason.ABSENT.id()));
        }
        writer.decide(opened(
                open.round(),
                cohortRule().redraw(answered, there, state.spec().getSeed(), open.round(), mostAsked(open.round()))));
        return true;
    }

    /** Decides what follows from the state alone. Returns whether it decided anything. */
    boolean followUp() {
        if (!state.isAlive()) {
            return false;
        }
        if (state.phase() instanceof RoundPhase.Open open) {
            if (open.hasQuorum() && everyoneAnswered(open)) {
                writer.decide(close(open, "all"));
                return true;
            }
            return false;
        }
        if (state.phase() instanceof RoundPhase.Closed closed) {
            return followClose(closed);
        }
        return followRound();
    }

    /** Whether the whole cohort, except trainers that left, has sent its updates of this round. */
    private boolean everyoneAnswered(RoundPhase.Open open) {
        return open.cohort()
                .allMatch(trainer -> open.freshUpdateOf(trainer).isPresent()
                        || (open.round() > 0 && !state.admitted().containsKey(trainer)));
    }

    private boolean followClose(RoundPhase.Closed closed) {
        RoundPhase.Open open = closed.open();
        if (!closed.current()) {
            if (open.hasQuorum()) {
                writer.decide(close(open, "revision"));
            } else {
                reopen(open);
            }
            return true;
        }
        int partitions = state.spec().getPartitions();
        if (state.measuring(open.round()) != MeasurementPlan.NONE
                && closed.weighed().isEmpty()) {
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

    /** Reopens a closed round. Updates that were late for the revoked close are in time again. */
    private void reopen(RoundPhase.Open open) {
        int round = open.round();
        long deadline = Math.max(open.deadline(), now + state.spec().getDeadlineMs());
        writer.decide(new RoundReopened(writer.header(), round, deadline));
        for (UpdateAccepted late : List.copyOf(state.early())) {
            writer.revoke(
                    late, RejectionReason.SUPERSEDED.id(), "it counts in round " + round + ", which is open again");
            UpdateManifest manifest = late.getManifest();
            writer.decide(
                    new UpdateAccepted(writer.header(), round, UpdateWeight.of(manifest, state.spec()), manifest));
        }
    }

    /** Decides the weight of each member; if one exceeds the limit, the round closes again without it. */
    private void weigh(RoundPhase.Closed closed) {
        List<CohortMember> weighed = state.memberWeights()
                .weigh(closed.closed().getMembers(), closed.measured().values());
        List<CohortMember> over =
                weighed.stream().filter(state.memberWeights()::isOver).toList();
        if (over.isEmpty()) {
            writer.decide(new RoundWeighed(
                    writer.header(), closed.closed().getRound(), closed.closed().getRevision(), weighed));
            return;
        }
        for (CohortMember member : over) {
            writer.revoke(
                    closed.open().update(AttemptId.of(member)).orElseThrow(),
                    RejectionReason.OVER_NORM.id(),
                    "its difference to the base has the norm " + member.getNorm() + ", allowed are "
                            + state.spec().getMaxUpdateNorm());
        }
    }

    private boolean followRound() {
        int next = state.lastRound() + 1;
        if (next > state.spec().getRounds()) {
            writer.decide(new JobFinished(writer.header(), state.jobUuid(), ""));
            return true;
        }
        Optional<String> absent = state.absent();
        if (absent.isPresent()) {
            String trainer = absent.get();
            writer.decide(new TrainerRemoved(
                    writer.header(), trainer, state.admitted().get(trainer), RejectionReason.ABSENT.id()));
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
                : cohortRule().draw(state.admitted().keySet(), state.spec().getSeed(), round, mostAsked(round));
        writer.decide(opened(round, cohort));
    }

    private CohortRule cohortRule() {
        return CohortRule.parse(state.spec().getCohort());
    }

    private int mostAsked(int round) {
        return state.measuring(round).mostAsked();
    }

    private RoundOpened opened(int round, List<String> cohort) {
        FlatLayout flat = state.flatLayout(round);
        return new RoundOpened(
                writer.header(),
                state.jobUuid(),
                round,
                state.lastPublished(),
                cohort,
                Quorum.parse(state.spec().getQuorum()).of(cohort.size()),
                now,
                now + state.spec().getDeadlineMs(),
                (long) flat.elements(),
                flat.chunks(),
                null);
    }

    private RoundClosed close(RoundPhase.Open open, String trigger) {
        return new RoundClosed(writer.header(), open.round(), open.revision() + 1, trigger, open.members());
    }

    private void publish(RoundPhase.Closed closed) {
        RoundPublished published = Publication.of(state, closed);
        Sha256 publishedDigest = writer.publish(published);
        writer.decide(new RoundCompleted(
                writer.header(),
                published.getRound(),
                published.getRevision(),
                published.getDigest(),
                publishedDigest,
                published.getChain(),
                state.buildsOnTheBase() ? published.getStartOffsets() : List.of()));
    }
}
