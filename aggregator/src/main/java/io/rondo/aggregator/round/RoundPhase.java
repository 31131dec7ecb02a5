package io.rondo.aggregator.round;

import io.rondo.log.CohortMember;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
     * @param deadline the current deadline, which extensions move
     * @param revision revision of the last close, 0 before the first
     * @param accepted in the order of acceptance, without those revoked
     * @param revoked attempts that were accepted and then revoked
     * @param faults by trainer, how many of its updates were revoked for a fault since the round opened or was extended
     * @param waits the extensions since the last one to which more updates counted than ever before
     */
    record Open(
            RoundOpened opened,
            long deadline,
            int revision,
            List<UpdateAccepted> accepted,
            Set<AttemptId> revoked,
            Map<String, Integer> faults,
            Waits waits)
            implements RoundPhase {

        /** @param early late updates that were accepted before the round opened */
        static Open of(RoundOpened opened, List<UpdateAccepted> early) {
            return new Open(opened, opened.getDeadline(), 0, List.copyOf(early), Set.of(), Map.of(), Waits.NONE);
        }

        int round() {
            return opened.getRound();
        }

        Open accept(UpdateAccepted update) {
            List<UpdateAccepted> more = new ArrayList<>(accepted);
            more.add(update);
            return new Open(opened, deadline, revision, List.copyOf(more), revoked, faults, waits);
        }

        Open revoke(UpdateRejected rejection) {
            AttemptId attempt = AttemptId.of(rejection);
            Set<AttemptId> more = new HashSet<>(revoked);
            more.add(attempt);
            List<UpdateAccepted> rest = accepted.stream()
                    .filter(update -> !AttemptId.of(update.getManifest()).equals(attempt))
                    .toList();
            Map<String, Integer> found = new HashMap<>(faults);
            if (!DecisionKind.isOfSuperseded(rejection)) {
                found.merge(rejection.getTrainer(), 1, Integer::sum);
            }
            return new Open(opened, deadline, revision, rest, Set.copyOf(more), Map.copyOf(found), waits);
        }

        Open extend(long newDeadline) {
            Waits more = waits.after(accepted.size());
            return new Open(opened, newDeadline, revision, accepted, revoked, Map.of(), more);
        }

        /** Continues with another cohort; accepted updates still count. */
        Open openAgain(RoundOpened again) {
            return new Open(again, again.getDeadline(), revision, accepted, revoked, Map.of(), Waits.NONE);
        }

        private Open reopen(long newDeadline) {
            return new Open(opened, newDeadline, revision, accepted, revoked, faults, waits);
        }

        Closed close(RoundClosed closed) {
            Open closing = new Open(opened, deadline, closed.getRevision(), accepted, revoked, faults, waits);
            return new Closed(closing, closed, Map.of(), Optional.empty(), Map.of());
        }

        Optional<UpdateAccepted> updateOf(String trainer) {
            return accepted.stream()
                    .filter(update -> update.getManifest().getTrainer().equals(trainer))
                    .findFirst();
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
            return accepted.stream()
                    .filter(update -> AttemptId.of(update.getManifest()).equals(attempt))
                    .findFirst();
        }

        /** Whether the present trainers and the accepted updates suffice for the quorum. */
        boolean canReachItsQuorum(Set<String> admitted) {
            Set<String> possible = new HashSet<>(opened.getCohort());
            possible.retainAll(admitted);
            accepted.forEach(update -> possible.add(update.getManifest().getTrainer()));
            return possible.size() >= opened.getQuorum();
        }

        /** The trainers of the cohort with an accepted update. */
        List<String> answered() {
            return opened.getCohort().stream()
                    .filter(trainer -> updateOf(trainer).isPresent())
                    .toList();
        }

        /** How many updates of a trainer were revoked for a fault since the round opened or was extended. */
        int faultsOf(String trainer) {
            return faults.getOrDefault(trainer, 0);
        }

        boolean hasQuorum() {
            return accepted.size() >= opened.getQuorum();
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
     * @param measured by partition, the folds' measurements of this revision, if a rule needs them
     * @param weighed the members' weights derived from them, once decided
     * @param parts by partition, the parts that the folds have written for this revision
     */
    record Closed(
            Open open,
            RoundClosed closed,
            Map<Integer, PartMeasured> measured,
            Optional<RoundWeighed> weighed,
            Map<Integer, PartFolded> parts)
            implements RoundPhase {

        Closed measured(PartMeasured part) {
            Map<Integer, PartMeasured> more = new TreeMap<>(measured);
            more.putIfAbsent(part.getPartition(), part);
            return new Closed(open, closed, more, weighed, parts);
        }

        Closed weigh(RoundWeighed decision) {
            return new Closed(open, closed, measured, Optional.of(decision), parts);
        }

        Closed folded(PartFolded part) {
            Map<Integer, PartFolded> more = new TreeMap<>(parts);
            more.putIfAbsent(part.getPartition(), part);
            return new Closed(open, closed, measured, weighed, more);
        }

        Closed revoke(UpdateRejected rejection) {
            return new Closed(open.revoke(rejection), closed, measured, weighed, parts);
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
