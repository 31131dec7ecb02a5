package io.rondo.samples;

import java.util.List;

/**
 * The shape of a made sentence: affirming or reversing, so that the words alone do not always tell the label.
 */
enum Frame {
    PLAIN("%1$s is %2$s %3$s", Effect.KEEPS),
    REPORTED("people say that %1$s is %2$s %3$s", Effect.KEEPS),
    NOT("%1$s is not %2$s %3$s", Effect.TURNS);

    /** One sentence in eight turns: rare enough to be learned after the words, in a demo's few rounds. */
    static final List<Frame> MIX = List.of(PLAIN, PLAIN, PLAIN, PLAIN, REPORTED, REPORTED, REPORTED, NOT);

    private enum Effect {
        KEEPS,
        TURNS
    }

    private final String pattern;
    private final Effect effect;

    Frame(String pattern, Effect effect) {
        this.pattern = pattern;
        this.effect = effect;
    }

    /** Whether a good predicate in this frame makes a bad sentence. */
    boolean turns() {
        return effect == Effect.TURNS;
    }

    String sentence(String thing, String predicate, String place) {
        return pattern.formatted(thing, predicate, place);
    }
}
