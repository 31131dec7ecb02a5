package io.rondo.aggregator.round;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The topics whose records the coordinator answers, each with one partition. */
public enum InputTopic {
    COMMANDS,
    MANIFESTS,
    PARTS;

    /** The short name, as it stands in a decision's source. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The topic of this short name, if one has it. */
    public static Optional<InputTopic> of(String id) {
        return Arrays.stream(values()).filter(topic -> topic.id().equals(id)).findFirst();
    }
}
