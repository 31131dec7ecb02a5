package io.rondo.aggregator.simulation;

import static io.rondo.aggregator.simulation.Invariants.require;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.CohortMember;
import io.rondo.log.DecisionHeader;
import io.rondo.log.JobSpec;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** Follows the decisions as a plain reader of the contract would, and objects to the first that breaks a rule. */
final class RoundRules {
    private static final int MAX_FAULTS = 3;
    private static final int MAX_WAITS = 3;

    private final World world;
    private int published = -1;
    private int lastRound = -1;
    private RoundOpened round;
    private long deadline;
    private boolean isClosed;
    private int revision;
    private List<CohortMember> closedMembers = List.of();
    private final List<UpdateManifest> accepted = new ArrayList<>();
    private final List<UpdateAccepted> early = new ArrayList<>();
    private final Set<String> everAccepted = new HashSet<>();
    private final Map<String, String> admitted = new TreeMap<>();
    private final Map<String, Integer> missed = new HashMap<>();
    private final Set<String> present = new HashSet<>();
    /** Who counted in the round that ended last, and who was asked. */
    private final Set<String> counted = new HashSet<>();

    private List<String> asked = List.of();
    private final Map<String, Integer> faults = new HashMap<>();
    private String superseding = "";
    /** Accepted for the next round, and to be taken back into one that has just opened again. */
    private final Deque<UpdateAccepted> returning = new ArrayDeque<>();

    /** Extensions in a row that brought no more updates, and how many updates counted at most. */
    private int waits;

    private int most;
    /** Removed since a round waits for them in vain; it opens again next. */
    private final Set<String> silent = new HashSet<>();

    private long answeredManifest = -1;

    RoundRules(World world) {
        this.world = world;
    }

    void follow(SpecificRecord decision) {
        DecisionHeader header = DecisionKind.header(decision);
        Source source = header.getSource();
        requireThatTheFreshUpdateFollows(decision);
        require(
                silent.isEmpty() || decision instanceof RoundOpened || decision instanceof TrainerRemoved,
                () -> silent + " are removed, and no round opens again: " + decision);
        if (!returning.isEmpty()) {
            takeBack(decision);
            return;
        }
        switch (DecisionKind.of(decision)) {
            case TRAINER_ADMITTED -> {
                TrainerAdmitted admission = (TrainerAdmitted) decision;
                admitted.put(admission.getTrainer(), admission.getIncarnation());
                missed.remove(admission.getTrainer());
                present.add(admission.getTrainer());
            }
            case TRAINER_REMOVED -> remove((TrainerRemoved) decision);
            case ROUND_OPENED -> open((RoundOpened) decision);
            case UPDATE_ACCEPTED -> accept((UpdateAccepted) decision, source);
            case UPDATE_REJECTED -> reject((UpdateRejected) decision, source);
            case ROUND_CLOSED -> close((RoundClosed) decision);
            case ROUND_WEIGHED -> weigh((RoundWeighed) decision);
            case ROUND_REOPENED -> {
                RoundReopened reopened = (RoundReopened) decision;
                require(isClosed && accepted.size() < round.getQuorum(), () -> "nothing reopens: " + reopened);
                isClosed = false;
                deadline = reopened.getDeadline();
                returning.addAll(early);
            }
            case ROUND_EXTENDED -> {
                RoundExtended extended = (RoundExtended) decision;
                require(!isClosed && accepted.size() < round.getQuorum(), () -> "nothing to extend: " + extended);
                require(
                        round.getRound() == 0 || spec().getWithoutQuorum().equals("extend"),
                        () -> "the job does not extend rounds: " + extended);
                requireThatAllInTimeIsAnswered();
                requireThatTheWaitMayEnd(extended);
                deadline = extended.getDeadline();
                waits = accepted.size() > most ? 1 : waits + 1;
                most = Math.max(most, accepted.size());
                faults.clear();
            }
            case ROUND_COMPLETED -> complete((RoundCompleted) decision);
            case ROUND_FAILED -> fail((RoundFailed) decision);
            default -> {}
        }
        if (source.getTopic().equals(InputTopic.MANIFESTS.id())) {
            answeredManifest = Math.max(answeredManifest, source.getOffset());
        }
    }

    /** No round stays open when nobody who could close it is left, and others could. */
    private void requireThatTheWaitMayEnd(RoundExtended extended) {
        if (!world.job.replacesTheGone() || round.getRound() == 0 || admitted.isEmpty()) {
            return;
        }
        require(possible() >= round.getQuorum(), () -> "the round waits for who is gone: " + extended);
        Set<String> others = new HashSet<>(admitted.keySet());
        others.removeAll(round.getCohort());
        others.addAll(answered());
        others.retainAll(admitted.keySet());
        require(
                waits < MAX_WAITS || accepted.size() > most || others.isEmpty(),
                () -> "the round waits for who is silent, though there are " + others + ": " + extended);
    }

    /** How many updates may count in the end. */
    private int possible() {
        Set<String> possible = new HashSet<>(round.getCohort());
        possible.retainAll(admitted.keySet());
        accepted.forEach(manifest -> possible.add(manifest.getTrainer()));
        return possible.size();
    }

    private Set<String> answered() {
        Set<String> answered = new HashSet<>();
        accepted.forEach(manifest -> answered.add(manifest.getTrainer()));
        answered.retainAll(round.getCohort());
        return answered;
    }

    private void openAgain(RoundOpened opened) {
        require(
                world.job.replacesTheGone()
                        && opened.getRound() > 0
                        && spec().getWithoutQuorum().equals("extend")
                        && !isClosed
                        && accepted.size() < round.getQuorum()
                        && possible() < round.getQuorum(),
                () -> "the round could go on as it was: " + opened);
        requireThatAllInTimeIsAnswered();
        Set<String> known = new HashSet<>(admitted.keySet());
        known.addAll(answered());
        require(
                opened.getBaseRound() == round.getBaseRound()
                        && known.containsAll(opened.getCohort())
                        && opened.getCohort().containsAll(answered())
                        && !opened.getCohort().isEmpty()
                        && opened.getQuorum() <= opened.getCohort().size(),
                () -> opened + " asks others than " + known);
        round = opened;
        deadline = opened.getDeadline();
        faults.clear();
        silent.clear();
        waits = 0;
        most = 0;
    }

    private void open(RoundOpened opened) {
        if (round != null && round.getRound() == opened.getRound()) {
            openAgain(opened);
            return;
        }
        waits = 0;
        most = 0;
        require(
                round == null && opened.getRound() == lastRound + 1 && opened.getBaseRound() == published,
                () -> "round " + opened.getRound() + " on " + opened.getBaseRound() + " opens after " + lastRound
                        + ", published is " + published);
        int admittedNow = admitted.size();
        int share =
                switch (spec().getCohort()) {
                    case "50%" -> (admittedNow + 1) / 2;
                    case "0.7" -> (int) Math.ceil(admittedNow * 7 / 10.0);
                    default -> admittedNow;
                };
        require(
                opened.getRound() == 0
                        || (admitted.keySet().containsAll(opened.getCohort())
                                && opened.getCohort().size() == share),
                () -> opened.getCohort() + " are asked of " + admitted.keySet());
        round = opened;
        lastRound = opened.getRound();
        deadline = opened.getDeadline();
        isClosed = false;
        revision = 0;
        accepted.clear();
        early.forEach(update -> accepted.add(update.getManifest()));
        early.clear();
        present.clear();
        faults.clear();
    }

    private JobSpec spec() {
        return world.job.spec();
    }

    /** Nobody but the submitter is waited for, however long it takes. */
    private boolean isNeverLate() {
        return round.getRound() == 0 && spec().getRules() >= 2;
    }

    private long due() {
        return deadline + spec().getGraceMs();
    }

    private void requireThatTheFreshUpdateFollows(SpecificRecord decision) {
        String trainer = superseding;
        superseding = "";
        require(
                trainer.isEmpty()
                        || (decision instanceof UpdateAccepted update
                                && update.getManifest().getTrainer().equals(trainer)
                                && update.getManifest().getRound() == round.getRound()),
                () -> "a late update of " + trainer + " gave way to " + decision);
    }

    private void remove(TrainerRemoved removal) {
        String trainer = removal.getTrainer();
        require(admitted.remove(trainer, removal.getIncarnation()), () -> "nobody to remove: " + removal);
        if (removal.getReason().equals(RejectionReason.ABSENT.id()) && round != null) {
            require(
                    world.job.replacesTheGone()
                            && !isClosed
                            && waits >= MAX_WAITS
                            && accepted.size() <= most
                            && round.getCohort().contains(trainer)
                            && !answered().contains(trainer),
                    () -> trainer + " is not silent, but removed: " + removal);
            silent.add(trainer);
        } else if (removal.getReason().equals(RejectionReason.ABSENT.id())) {
            require(
                    spec().getAbsentAfter() > 0 && missed.getOrDefault(trainer, 0) >= spec().getAbsentAfter(),
                    () -> trainer + " is removed, but has missed only " + missed.get(trainer));
        }
    }

    private void fail(RoundFailed failed) {
        if (failed.getReason().equals(RejectionReason.NO_QUORUM.id())) {
            require(
                    !isClosed
                            && round.getRound() > 0
                            && accepted.size() < round.getQuorum()
                            && !spec().getWithoutQuorum().equals("extend"),
                    () -> "the round need not fail: " + failed);
            requireThatAllInTimeIsAnswered();
        }
        end();
    }

    private void end() {
        counted.clear();
        accepted.forEach(manifest -> counted.add(manifest.getTrainer()));
        asked = round.getCohort();
        asked.stream()
                .filter(trainer -> !present.contains(trainer))
                .filter(trainer -> !world.job.replacesTheGone() || !counted.contains(trainer))
                .forEach(trainer -> missed.merge(trainer, 1, Integer::sum));
        round = null;
    }

    private void accept(UpdateAccepted update, Source source) {
        UpdateManifest manifest = update.getManifest();
        String attempt = manifest.getAttempt();
        require(everAccepted.add(attempt), () -> attempt + " is accepted twice");
        if (manifest.getRound() != update.getRound()) {
            acceptLate(update);
            return;
        }
        require(
                round != null && !isClosed && update.getRound() == round.getRound(),
                () -> attempt + " is accepted, but its round is not open");
        present.add(manifest.getTrainer());
        missed.remove(manifest.getTrainer());
        require(
                accepted.stream().noneMatch(other -> other.getTrainer().equals(manifest.getTrainer())),
                () -> attempt + " is the second update of its trainer in round " + round.getRound());
        require(
                round.getCohort().contains(manifest.getTrainer()),
                () -> attempt + " is of nobody in " + round.getCohort());
        require(isNeverLate() || appendedAt(source) <= due(), () -> attempt + " is accepted, but late");
        require(
                faults.getOrDefault(manifest.getTrainer(), 0) < MAX_FAULTS,
                () -> attempt + " is accepted after " + MAX_FAULTS + " that had faults");
        accepted.add(manifest);
    }

    /** Each is revoked for the next round, and then accepted for its own. */
    private void takeBack(SpecificRecord decision) {
        UpdateAccepted late = returning.peek();
        if (early.contains(late)) {
            require(
                    decision instanceof UpdateRejected rejection
                            && rejection.getRevoked()
                            && rejection.getReason().equals(RejectionReason.SUPERSEDED.id())
                            && rejection.getRound() == late.getRound()
                            && rejection.getAttempt().equals(late.getManifest().getAttempt()),
                    () -> late + " is not taken back, but " + decision + " follows");
            early.remove(late);
        } else {
            require(
                    decision instanceof UpdateAccepted update
                            && update.getRound() == round.getRound()
                            && update.getManifest().equals(late.getManifest()),
                    () -> late + " is revoked, but not taken back: " + decision);
            returning.remove();
            accepted.add(late.getManifest());
            present.add(late.getManifest().getTrainer());
            missed.remove(late.getManifest().getTrainer());
        }
    }

    private void acceptLate(UpdateAccepted update) {
        UpdateManifest manifest = update.getManifest();
        if (world.job.replacesTheGone()) {
            present.add(manifest.getTrainer());
            missed.remove(manifest.getTrainer());
        }
        boolean isNext = round == null || isClosed;
        boolean isOfThisRound = round != null && isClosed;
        List<String> cohort = isOfThisRound ? round.getCohort() : asked;
        boolean hasCounted = isOfThisRound
                ? accepted.stream().anyMatch(other -> other.getTrainer().equals(manifest.getTrainer()))
                : counted.contains(manifest.getTrainer());
        require(
                spec().getLateUpdates().equals("next-round")
                        && manifest.getRound() > 0
                        && update.getRound() == manifest.getRound() + 1
                        && update.getRound() == (isNext ? lastRound + 1 : lastRound)
                        && cohort.contains(manifest.getTrainer())
                        && !hasCounted,
                () -> "a late update counts against the rules: " + update);
        if (isNext) {
            require(
                    early.stream()
                            .noneMatch(other -> other.getManifest().getTrainer().equals(manifest.getTrainer())),
                    () -> "two late updates of " + manifest.getTrainer());
            early.add(update);
        } else {
            require(
                    accepted.stream().noneMatch(other -> other.getTrainer().equals(manifest.getTrainer())),
                    () -> "a late update beside another one of " + manifest.getTrainer());
            accepted.add(manifest);
        }
    }

    private void reject(UpdateRejected rejection, Source source) {
        String attempt = rejection.getAttempt();
        if (rejection.getRevoked()) {
            require(
                    accepted.removeIf(manifest -> manifest.getAttempt().equals(attempt)),
                    () -> attempt + " is revoked, but does not count");
            boolean isSuperseded = rejection.getReason().equals(RejectionReason.SUPERSEDED.id());
            boolean isOverNorm = rejection.getReason().equals(RejectionReason.OVER_NORM.id());
            require(
                    isSuperseded
                            ? world.uploads.get(attempt).round() < round.getRound()
                            : !world.uploads.get(attempt).isSound()
                                    || (isOverNorm && spec().getMaxUpdateNorm() > 0 && isClosed),
                    () -> attempt + " is revoked, but sound: " + rejection);
            superseding = isSuperseded ? rejection.getTrainer() : "";
            if (!isSuperseded) {
                faults.merge(rejection.getTrainer(), 1, Integer::sum);
            }
        } else if (rejection.getReason().equals(RejectionReason.TOO_MANY_FAULTS.id())) {
            require(faults.get(rejection.getTrainer()) >= MAX_FAULTS, () -> "has had few faults: " + rejection);
        } else if (rejection.getReason().equals(RejectionReason.LATE.id())) {
            boolean isOpen = round != null && !isClosed && rejection.getRound() == round.getRound();
            require(
                    !isOpen || (!isNeverLate() && appendedAt(source) > due()),
                    () -> attempt + " is called late, but is in time");
        }
    }

    private long appendedAt(Source source) {
        return world.topics
                .inputs
                .get(InputTopic.MANIFESTS)
                .from(source.getOffset())
                .timestamp();
    }

    private void close(RoundClosed closed) {
        require(
                closed.getRevision() == revision + 1 && closed.getRound() == round.getRound(),
                () -> "round " + closed.getRound() + " closes with revision " + closed.getRevision() + " after "
                        + revision);
        require(accepted.size() >= round.getQuorum(), () -> "a close without its quorum: " + closed);
        requireThatTheCountedAreThe(closed.getMembers());
        require(
                isClosed == closed.getTrigger().equals("revision"),
                () -> "a " + (isClosed ? "closed" : "open") + " round closes: " + closed);
        if (closed.getTrigger().equals("deadline")) {
            requireThatAllInTimeIsAnswered();
        }
        isClosed = true;
        revision = closed.getRevision();
        closedMembers = closed.getMembers();
    }

    private void weigh(RoundWeighed weighed) {
        require(
                isClosed && weighed.getRound() == round.getRound() && weighed.getRevision() == revision,
                () -> "weighed is what was not closed: " + weighed);
        requireThatTheCountedAreThe(weighed.getMembers());
    }

    private void requireThatTheCountedAreThe(List<CohortMember> members) {
        List<Sha256> counted = accepted.stream().map(UpdateManifest::getDigest).toList();
        List<String> attempts =
                accepted.stream().map(UpdateManifest::getAttempt).toList();
        require(
                members.stream().map(CohortMember::getAttempt).toList().equals(attempts)
                        && members.stream()
                                .map(CohortMember::getDigest)
                                .toList()
                                .equals(counted),
                () -> "accepted are " + attempts + ", members are " + members);
    }

    /** A manifest that was appended before the deadline is answered before the deadline takes effect. */
    private void requireThatAllInTimeIsAnswered() {
        world.topics
                .inputs
                .get(InputTopic.MANIFESTS)
                .read(
                        answeredManifest + 1,
                        entry -> require(
                                entry.timestamp() > due(),
                                () -> "the deadline " + deadline + " of round " + round.getRound()
                                        + " passes before manifest " + entry.offset()
                                        + " is answered, which is in time"));
    }

    private void complete(RoundCompleted completed) {
        require(
                isClosed && completed.getRound() == round.getRound() && completed.getRevision() == revision,
                () -> "round " + completed.getRound() + " is completed with revision " + completed.getRevision()
                        + ", closed is " + revision);
        requireThatTheCountedAreThe(closedMembers);
        published = completed.getRound();
        end();
    }
}
