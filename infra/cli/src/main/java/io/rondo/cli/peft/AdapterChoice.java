package io.rondo.cli.peft;

import java.nio.file.Path;

/**
 * Which of a round's adapters is meant.
 *
 * @param kind whose it is
 * @param trainer the trainer's id; empty where it is nobody's own
 * @param stateDirectory that trainer's state
 */
public record AdapterChoice(Kind kind, String trainer, Path stateDirectory) {

    /** Whose adapter. */
    public enum Kind {
        /** One trainer's: what is shared, and its own B and head. */
        TRAINER,
        /** Everyone's, where nothing but the head is local. */
        GLOBAL,
        /** The shared down projections alone, with B = 0. */
        WARM_START
    }

    public static AdapterChoice ofTrainer(String trainer, Path stateDirectory) {
        return new AdapterChoice(Kind.TRAINER, trainer, stateDirectory);
    }

    public static AdapterChoice global() {
        return new AdapterChoice(Kind.GLOBAL, "", Path.of(""));
    }

    public static AdapterChoice warmStart() {
        return new AdapterChoice(Kind.WARM_START, "", Path.of(""));
    }
}
