package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.AttemptId;
import io.rondo.log.CohortMember;
import io.rondo.log.DType;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundWeighed;
import io.rondo.log.UpdateAccepted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The state of the current round by the decisions so far: which updates count and in which order, whether it is closed, and
 * the weights of its members; and which updates this fold has refused.
 */
final class DecidedRound {
    private static final int NONE = -1;

    private int number = NONE;
    private final Map<AttemptId, UpdateAccepted> accepted = new LinkedHashMap<>();
    /** Late updates that were accepted for the round that opens next. */
    private final Map<AttemptId, UpdateAccepted> early = new LinkedHashMap<>();

    private final Set<AttemptId> refused = new HashSet<>();
    /** The accepted updates without those refused. It is only appended to; any other change replaces it. */
    private List<UpdateAccepted> sound = new ArrayList<>();

    private RoundClosed closed;
    private RoundWeighed weighed;

    void open(int next) {
        begin(next);
        accepted.putAll(early);
        early.clear();
        replaceSound();
    }

    void end() {
        begin(NONE);
    }

    private void begin(int next) {
        number = next;
        accepted.clear();
        refused.clear();
        reopen();
        replaceSound();
    }

    private void replaceSound() {
        sound = accepted.values().stream()
                .filter(update -> !refused.contains(AttemptId.of(update.getManifest())))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    void accept(UpdateAccepted update) {
        AttemptId attempt = AttemptId.of(update.getManifest());
        if (update.getRound() != number) {
            early.put(attempt, update);
        } else if (accepted.put(attempt, update) == null && !refused.contains(attempt)) {
            sound.add(update);
        } else {
            replaceSound();
        }
    }

    /** The close that named it is revoked; the next close, or the reopening, may not have been read yet. */
    void revoke(AttemptId attempt) {
        if (early.remove(attempt) != null) {
            return;
        }
        accepted.remove(attempt);
        replaceSound();
        reopen();
    }

    void close(RoundClosed close) {
        closed = close;
    }

    void reopen() {
        closed = null;
        weighed = null;
    }

    void weigh(RoundWeighed weights) {
        weighed = weights;
    }

    /** This fold has found a fault in the update. */
    void refuse(AttemptId attempt) {
        refused.add(attempt);
        replaceSound();
    }

    void refuse(UpdateAccepted update) {
        refuse(AttemptId.of(update.getManifest()));
    }

    boolean isUnderWay() {
        return number != NONE;
    }

    int number() {
        return number;
    }

    boolean hasUpdates() {
        return !accepted.isEmpty();
    }

    boolean isClosed() {
        return closed != null;
    }

    /** The revision of the close. */
    int revision() {
        return closed.getRevision();
    }

    boolean isWeighed() {
        return weighed != null;
    }

    /** The members named by the close, with the weights and scales decided last. */
    List<CohortMember> members() {
        return weighed == null ? closed.getMembers() : weighed.getMembers();
    }

    /**
     * The updates to sum, in order; empty while a close names an update that this fold has refused. As long as updates are only
     * accepted, each call returns the same list, which has grown.
     */
    Optional<List<UpdateAccepted>> wanted() {
        if (closed == null) {
            return Optional.of(sound);
        }
        boolean allAreSound = closed.getMembers().stream().noneMatch(member -> refused.contains(AttemptId.of(member)));
        return allAreSound
                ? Optional.of(closed.getMembers().stream()
                        .map(member -> accepted.get(AttemptId.of(member)))
                        .toList())
                : Optional.empty();
    }

    /** Element type of the uploads, the same for all. */
    DType dtype() {
        return accepted.get(AttemptId.of(closed.getMembers().get(0)))
                .getManifest()
                .getDtype();
    }
}
