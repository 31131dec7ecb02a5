package io.rondo.aggregator.round;

import io.rondo.log.CohortMember;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The phase of the job's current round. Immutable; each phase has methods for its transitions. */
sealed interface RoundPhase {
    /** Norm of a member if the job measures none. */
    double NOT_MEASURED = -1;
    /** Scale of a member that is not scaled. */
    double NOT_CLIPPED = 1;

    /** No round accepts updates or waits for its parts. */
    record None() implements RoundPhase {}

    /**
     * How often a round was extended without progress.
     *
     * @param inARow extensions since the last one that had seen progress, that one included
     * @param most the most updates that have counted at an extension
     */
    record Waits(int inARow, int most) {
        static final Waits NONE = new Waits(0, 0);

        Waits after(int counting) {
            return counting > most ? new Waits(1, counting) : new Waits(inARow + 1, most);
        }
    }

    /**
     * A round that accepts updates.
     *
     * @param cohort the trainers that it asks
     * @param deadline the current deadline, which extensions move
     * @param revision revision of the last close, 0 before the first
     * @param accepted in the order of acceptance, without those revoked
     * @param revoked attempts that were accepted and then revoked
     * @param faults by trainer, how many of its updates were revoked for a fault since the round opened or was extended
     * @param waits the extensions since the last one to which more updates counted than ever before
     */
    record Open(
            RoundOpened opened,
            Cohort cohort,
            long deadline,
            int revision,
            AcceptedUpdates accepted,
            Set<AttemptId> revoked,
            Map<String, Integer> faults,
            Waits waits)
            implements RoundPhase {

        /** @param early late updates that were accepted before the round opened */
        static Open of(RoundOpened opened, List<UpdateAccepted> early) {
            return new Open(
                    opened,
                    new Cohort(opened),
                    opened.getDeadline(),
                    0,
                    AcceptedUpdates.of(early),
                    Set.of(),
                    Map.of(),
                    Waits.NONE);
        }

        int round() {
            return opened.getRound();
        }

        Open accept(UpdateAccepted update) {
            return new Open(opened, cohort, deadline, revision, accepted.with(update), revoked, faults, waits);
        }

        Open revoke(UpdateRejected rejection) {
            AttemptId attempt = AttemptId.of(rejection);
            Set<AttemptId> more = new HashSet<>(revoked);
            more.add(attempt);
            Map<String, Integer> found = new HashMap<>(faults);
            if (!DecisionKind.isOfSuperseded(rejection)) {
                found.merge(rejection.getTrainer(), 1, Integer::sum);
            }
            return new Open(
                    opened,
                    cohort,
                    deadline,
                    revision,
                    accepted.without(attempt),
                    Set.copyOf(more),
                    Map.copyOf(found),
                    waits);
        }

        Open extend(long newDeadline) {
            Waits more = waits.after(accepted.size());
            return new Open(opened, cohort, newDeadline, revision, accepted, revoked, Map.of(), more);
        }

        /** Continues with another cohort; accepted updates still count. */
        Open openAgain(RoundOpened again) {
            return new Open(
                    again, new Cohort(again), again.getDeadline(), revision, accepted, revoked, Map.of(), Waits.NONE);
        }

        private Open reopen(long newDeadline) {
            return new Open(opened, cohort, newDeadline, revision, accepted, revoked, faults, waits);
        }

        Closed close(RoundClosed closed) {
            Open closing = new Open(opened, cohort, deadline, closed.getRevision(), accepted, revoked, faults, waits);
            return new Closed(closing, closed, closing.isClosedAs(closed), Map.of(), Optional.empty(), Map.of());
        }

        Optional<UpdateAccepted> updateOf(String trainer) {
            return accepted.of(trainer);
        }

        /** The trainer's update, if it was trained for this round. */
        Optional<UpdateAccepted> freshUpdateOf(String trainer) {
            return updateOf(trainer).filter(update -> update.getManifest().getRound() == round());
        }

        /** The trainer's update, if it was trained for the round before. */
        Optional<UpdateAccepted> staleUpdateOf(String trainer) {
            return updateOf(trainer).filter(update -> update.getManifest().getRound() < round());
        }

        /** Whether the attempt counts, or did. */
        boolean knows(AttemptId attempt) {
            return revoked.contains(attempt) || update(attempt).isPresent();
        }

        /** Whether an attempt of this name counts, or did, for any trainer. */
        boolean knowsName(String attempt) {
            return Stream.concat(revoked.stream(), accepted.stream().map(update -> AttemptId.of(update.getManifest())))
                    .anyMatch(known -> known.attempt().equals(attempt));
        }

        Optional<UpdateAccepted> update(AttemptId attempt) {
            return accepted.of(attempt);
        }

        /** Whether the present trainers and the accepted updates suffice for the quorum. */
        boolean canReachItsQuorum(Set<String> admitted) {
            Set<String> possible = new HashSet<>(opened.getCohort());
            possible.retainAll(admitted);
            accepted.stream()
                    .forEach(update -> possible.add(update.getManifest().getTrainer()));
            return possible.size() >= opened.getQuorum();
        }

        /** The trainers of the cohort with an accepted update. */
        Set<String> answered() {
            return opened.getCohort().stream()
                    .filter(trainer -> updateOf(trainer).isPresent())
                    .collect(Collectors.toSet());
        }

        /** How many updates of a trainer were revoked for a fault since the round opened or was extended. */
        int faultsOf(String trainer) {
            return faults.getOrDefault(trainer, 0);
        }

        boolean hasQuorum() {
            return accepted.size() >= opened.getQuorum();
        }

        private boolean isClosedAs(RoundClosed closed) {
            return members().equals(closed.getMembers());
        }

        /** The accepted updates as members of a close, in the order of summation. */
        List<CohortMember> members() {
            return accepted.stream()
                    .map(update -> new CohortMember(
                            update.getManifest().getTrainer(),
                            update.getManifest().getAttempt(),
                            update.getWeight(),
                            update.getManifest().getNumExamples(),
                            update.getManifest().getDigest(),
                            NOT_MEASURED,
                            NOT_CLIPPED))
                    .toList();
        }
    }

    /**
     * A round whose cohort is final, unless reading the chunks revokes an update.
     *
     * @param open the round with its accepted updates
     * @param current whether the members of the close are the accepted updates, which a revoked one changes
     * @param measured by partition, the folds' measurements of this revision, if a rule needs them
     * @param weighed the members' weights derived from them, once decided
     * @param parts by partition, the parts that the folds have written for this revision
     */
    record Closed(
            Open open,
            RoundClosed closed,
            boolean current,
            Map<Integer, PartMeasured> measured,
            Optional<RoundWeighed> weighed,
            Map<Integer, PartFolded> parts)
            implements RoundPhase {

        Closed measured(PartMeasured part) {
            Map<Integer, PartMeasured> more = new TreeMap<>(measured);
            more.putIfAbsent(part.getPartition(), part);
            return new Closed(open, closed, current, more, weighed, parts);
        }

        Closed weigh(RoundWeighed decision) {
            return new Closed(open, closed, current, measured, Optional.of(decision), parts);
        }

        Closed folded(PartFolded part) {
            Map<Integer, PartFolded> more = new TreeMap<>(parts);
            more.putIfAbsent(part.getPartition(), part);
            return new Closed(open, closed, current, measured, weighed, more);
        }

        Closed revoke(UpdateRejected rejection) {
            Open rest = open.revoke(rejection);
            return new Closed(rest, closed, rest.isClosedAs(closed), measured, weighed, parts);
        }

        /** The members with their weights. */
        List<CohortMember> members() {
            return weighed.map(RoundWeighed::getMembers).orElse(closed.getMembers());
        }

        Closed closeAgain(RoundClosed again) {
            return open.close(again);
        }

        Open reopen(long newDeadline) {
            return open.reopen(newDeadline);
        }
    }
}
