package io.rondo.aggregator.round;

import static io.rondo.schemas.adapter.RejectionReason.DUPLICATE;
import static io.rondo.schemas.adapter.RejectionReason.LATE;

import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.Optional;

/** Whether an update that arrived after its round had closed counts in the next round. */
final class LateRules {
    private final JobState state;
    private final UpdateRules updateRules;

    LateRules(JobState state, UpdateRules updateRules) {
        this.state = state;
        this.updateRules = updateRules;
    }

    /** Whether the job accepts late updates, and this one is of a training round. */
    boolean apply(UpdateManifest manifest) {
        return LateUpdates.of(state.spec().getLateUpdates()) == LateUpdates.NEXT_ROUND && manifest.getRound() > 0;
    }

    /** The first rule that the update breaks. */
    Optional<Refusal> refusal(UpdateManifest manifest) {
        int round = manifest.getRound();
        Optional<RoundPhase.Open> its = state.ended(round);
        if (its.isEmpty() || !state.mayCountIn(round + 1)) {
            return refuse(LATE, "round " + round + " is closed, and so is the next one");
        }
        if (round == state.spec().getRounds()) {
            return refuse(LATE, "round " + round + " is closed, and it was the last");
        }
        if (!state.flatLayout(round)
                .tensors()
                .equals(state.flatLayout(round + 1).tensors())) {
            return refuse(LATE, "round " + round + " is closed, and the next one shares other tensors");
        }
        return updateRules
                .asked(manifest, its.get())
                .or(() -> counted(manifest, its.get()))
                .or(() -> updateRules.base(manifest, its.get()))
                .or(() -> updateRules.content(manifest));
    }

    /** Only one update of a trainer counts in a round, and an attempt counts in only one round. */
    private Optional<Refusal> counted(UpdateManifest manifest, RoundPhase.Open its) {
        String trainer = manifest.getTrainer();
        if (its.updateOf(trainer).isPresent() || updateRules.isUsed(manifest, its)) {
            return refuse(DUPLICATE, "round " + its.round() + " has an update of " + trainer);
        }
        boolean isThere = state.early().stream()
                        .anyMatch(update -> update.getManifest().getTrainer().equals(trainer))
                || (state.phase() instanceof RoundPhase.Open open
                        && (open.updateOf(trainer).isPresent() || updateRules.isUsed(manifest, open)));
        return isThere
                ? refuse(DUPLICATE, "round " + (its.round() + 1) + " has an update of " + trainer)
                : Optional.empty();
    }

    private static Optional<Refusal> refuse(RejectionReason reason, String detail) {
        return Optional.of(new Refusal(reason, detail));
    }
}
