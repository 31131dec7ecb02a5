package io.rondo.peft;

import java.nio.file.Path;
import java.util.List;

/**
 * Which of a round's adapters is meant.
 *
 * @param kind whose it is
 * @param trainer the trainer's id; empty if it is nobody's own
 * @param stateDirectory that trainer's state
 * @param given adapters that trainers exported of the round and gave away
 */
public record AdapterChoice(Kind kind, String trainer, Path stateDirectory, List<Path> given) {

    /** Whose adapter. */
    public enum Kind {
        /** One trainer's: what is shared, and its own B and head. */
        TRAINER,
        /** Everyone's, where nothing but the head is local. */
        GLOBAL,
        /** The shared factor, and the mean of the others of those trainers who gave theirs. */
        GIVEN,
        /** The shared down projections alone, with B = 0. */
        WARM_START
    }

    public AdapterChoice {
        given = List.copyOf(given);
    }

    public static AdapterChoice ofTrainer(String trainer, Path stateDirectory) {
        return new AdapterChoice(Kind.TRAINER, trainer, stateDirectory, List.of());
    }

    public static AdapterChoice global() {
        return new AdapterChoice(Kind.GLOBAL, "", Path.of(""), List.of());
    }

    public static AdapterChoice ofGiven(List<Path> given) {
        return new AdapterChoice(Kind.GIVEN, "", Path.of(""), given);
    }

    public static AdapterChoice warmStart() {
        return new AdapterChoice(Kind.WARM_START, "", Path.of(""), List.of());
    }
}
