package io.rondo.cli.demo.data;

/**
 * The shape of a made sentence. A frame is affirming, reversing or deciding between two clauses, so that the words alone
 * do not tell the label: one has to read how they are put together.
 */
enum Frame {
    PLAIN("%1$s is %2$s %4$s", Effect.KEEPS),
    REPORTED("people say that %1$s is %2$s %4$s", Effect.KEEPS),
    NOT("%1$s is not %2$s %4$s", Effect.TURNS),
    NOBODY("nobody could say that %1$s is %2$s %4$s", Effect.TURNS),
    FAR_FROM("%4$s , %1$s is anything but %2$s", Effect.TURNS),
    NO_LONGER("%1$s is no longer %2$s %4$s", Effect.TURNS),
    WRONG("it is wrong that %1$s is %2$s %4$s", Effect.TURNS),
    DOUBLE("it is not true that %1$s is not %2$s %4$s", Effect.KEEPS),
    NOW("%1$s was %3$s before , but now it is %2$s %4$s", Effect.KEEPS),
    BEFORE("%1$s is %2$s %4$s , though it used to be %3$s", Effect.KEEPS),
    EXPECTED("i expected %1$s to be %3$s , yet it is %2$s %4$s", Effect.KEEPS);

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

    /** The sentence; {@code opposite} is a predicate of the other kind, which some frames mention. */
    String sentence(String thing, String predicate, String opposite, String place) {
        return pattern.formatted(thing, predicate, opposite, place);
    }
}
