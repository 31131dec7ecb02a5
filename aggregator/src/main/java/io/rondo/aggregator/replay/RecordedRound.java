package io.rondo.aggregator.replay;

import io.rondo.aggregator.log.LoggedDecisions.Logged;
import io.rondo.aggregator.log.LoggedInputs;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.RulesVersion;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A round of history as a sequence of events: the joins and leaves until the next round opened, every update that was sent
 * for it, late ones included, and the decisions made by the clock. A late update of a trainer that has rejoined since is an
 * event of the round in which it arrived.
 */
final class RecordedRound {
    private final RoundOpened opened;
    private final List<Input> events = new ArrayList<>();
    private final List<Input.Received> updates = new ArrayList<>();
    private RoundCompleted completed;

    private RecordedRound(RoundOpened opened) {
        this.opened = opened;
    }

    /** The rounds up to the last published one, in order, skipped ones included. */
    static List<RecordedRound> of(List<Logged> decisions, LoggedInputs inputs) {
        boolean signed = decisions.stream()
                .map(Logged::decision)
                .filter(JobStarted.class::isInstance)
                .anyMatch(started -> RulesVersion.askForSignatures(((JobStarted) started).getSpec()));
        Map<Integer, RecordedRound> rounds = new TreeMap<>();
        Set<Long> seen = new HashSet<>();
        Map<String, Integer> joinedIn = new HashMap<>();
        RecordedRound current = null;
        for (Logged logged : decisions) {
            if (logged.decision() instanceof RoundOpened opening && !rounds.containsKey(opening.getRound())) {
                current = new RecordedRound(opening);
                rounds.put(opening.getRound(), current);
            } else if (logged.decision() instanceof RoundCompleted completion) {
                rounds.get(completion.getRound()).completed = completion;
            }
            if (current == null) {
                continue;
            }
            Optional<InputTopic> topic =
                    InputTopic.of(logged.header().getSource().getTopic());
            if (topic.isEmpty()) {
                current.events.add(new Input.Clock(logged.header().getDecidedAt()));
            } else if (topic.get() == InputTopic.MANIFESTS
                    // an input without a valid signature had no effect
                    && (!signed || logged.header().getSource().getSequence() >= 0)
                    && seen.add(logged.header().getSource().getOffset())) {
                RecordedRound now = current;
                inputs.at(InputTopic.MANIFESTS, logged.header().getSource().getOffset())
                        .filter(Input.Received.class::isInstance)
                        .map(Input.Received.class::cast)
                        .ifPresent(input -> add(input, now, rounds, joinedIn));
            }
        }
        List<RecordedRound> all = List.copyOf(rounds.values());
        int end = all.size();
        while (end > 0 && all.get(end - 1).isSkipped()) {
            end--;
        }
        return all.subList(0, end);
    }

    /** @param joinedIn the round during which each incarnation joined; grows */
    private static void add(
            Input.Received input,
            RecordedRound current,
            Map<Integer, RecordedRound> rounds,
            Map<String, Integer> joinedIn) {
        if (input.value() instanceof UpdateManifest update) {
            RecordedRound itsRound = rounds.get(update.getRound());
            if (itsRound != null) {
                itsRound.updates.add(input);
                // in its own round a sender that joined only afterwards is unknown
                boolean isOfALaterJoin = joinedIn.getOrDefault(update.getIncarnation(), 0) > itsRound.round();
                (isOfALaterJoin ? current : itsRound).events.add(input);
            }
        } else if (input.value() instanceof TrainerJoined joined) {
            joinedIn.put(joined.getIncarnation(), current.round());
            current.events.add(input);
        } else if (input.value() instanceof TrainerLeft) {
            current.events.add(input);
        }
    }

    int round() {
        return opened.getRound();
    }

    /** Whether the round ended without an adapter. */
    boolean isSkipped() {
        return completed == null;
    }

    RoundOpened opened() {
        return opened;
    }

    /** Null if the round was skipped. */
    RoundCompleted completed() {
        return completed;
    }

    /** In the order of their decisions. */
    List<Input> events() {
        return events;
    }

    /** The updates that were sent for the round, without those of excluded trainers, in order of arrival. */
    List<Input.Received> updates(Set<String> without) {
        return updates.stream()
                .filter(input -> !without.contains(((UpdateManifest) input.value()).getTrainer()))
                .toList();
    }
}
