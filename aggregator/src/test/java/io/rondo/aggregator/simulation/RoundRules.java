package io.rondo.aggregator.simulation;

import static io.rondo.aggregator.simulation.Invariants.require;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.CohortMember;
import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/** Follows the decisions as a plain reader of the contract would, and objects to the first that breaks a rule. */
final class RoundRules {
    private final World world;
    private int published = -1;
    private int lastRound = -1;
    private RoundOpened round;
    private long deadline;
    private boolean isClosed;
    private int revision;
    private List<CohortMember> closedMembers = List.of();
    private final List<UpdateManifest> accepted = new ArrayList<>();
    private final Set<String> everAccepted = new HashSet<>();
    private long answeredManifest = -1;

    RoundRules(World world) {
        this.world = world;
    }

    void follow(SpecificRecord decision) {
        DecisionHeader header = DecisionKind.header(decision);
        Source source = header.getSource();
        switch (DecisionKind.of(decision)) {
            case ROUND_OPENED -> open((RoundOpened) decision);
            case UPDATE_ACCEPTED -> accept((UpdateAccepted) decision, source);
            case UPDATE_REJECTED -> reject((UpdateRejected) decision, source);
            case ROUND_CLOSED -> close((RoundClosed) decision);
            case ROUND_REOPENED -> {
                RoundReopened reopened = (RoundReopened) decision;
                require(isClosed && accepted.size() < round.getQuorum(), () -> "nothing reopens: " + reopened);
                isClosed = false;
                deadline = reopened.getDeadline();
            }
            case ROUND_EXTENDED -> {
                RoundExtended extended = (RoundExtended) decision;
                require(!isClosed && accepted.size() < round.getQuorum(), () -> "nothing to extend: " + extended);
                requireThatAllInTimeIsAnswered();
                deadline = extended.getDeadline();
            }
            case ROUND_COMPLETED -> complete((RoundCompleted) decision);
            case ROUND_FAILED -> round = null;
            default -> {}
        }
        if (source.getTopic().equals(InputTopic.MANIFESTS.id())) {
            answeredManifest = Math.max(answeredManifest, source.getOffset());
        }
    }

    private void open(RoundOpened opened) {
        require(
                round == null && opened.getRound() == lastRound + 1 && opened.getBaseRound() == published,
                () -> "round " + opened.getRound() + " on " + opened.getBaseRound() + " opens after " + lastRound
                        + ", published is " + published);
        round = opened;
        lastRound = opened.getRound();
        deadline = opened.getDeadline();
        isClosed = false;
        revision = 0;
        accepted.clear();
    }

    private void accept(UpdateAccepted update, Source source) {
        UpdateManifest manifest = update.getManifest();
        String attempt = manifest.getAttempt();
        require(
                round != null && !isClosed && update.getRound() == round.getRound(),
                () -> attempt + " is accepted, but its round is not open");
        require(everAccepted.add(attempt), () -> attempt + " is accepted twice");
        require(
                accepted.stream().noneMatch(other -> other.getTrainer().equals(manifest.getTrainer())),
                () -> attempt + " is the second update of its trainer in round " + round.getRound());
        require(
                round.getCohort().contains(manifest.getTrainer()),
                () -> attempt + " is of nobody in " + round.getCohort());
        require(appendedAt(source) <= deadline, () -> attempt + " is accepted, but late");
        accepted.add(manifest);
    }

    private void reject(UpdateRejected rejection, Source source) {
        String attempt = rejection.getAttempt();
        if (rejection.getRevoked()) {
            require(
                    accepted.removeIf(manifest -> manifest.getAttempt().equals(attempt)),
                    () -> attempt + " is revoked, but does not count");
            require(!world.uploads.get(attempt).isSound(), () -> attempt + " is revoked, but sound: " + rejection);
        } else if (rejection.getReason().equals(RejectionReason.LATE.id())) {
            boolean isOpen = round != null && !isClosed && rejection.getRound() == round.getRound();
            require(!isOpen || appendedAt(source) > deadline, () -> attempt + " is called late, but is in time");
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
                                entry.timestamp() > deadline,
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
        round = null;
    }
}
