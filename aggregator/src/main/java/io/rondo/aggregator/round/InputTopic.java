package io.rondo.aggregator.round;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The topics whose records the coordinator answers, each with one partition. */
public enum InputTopic {
    COMMANDS("commands"),
    MANIFESTS("manifests"),
    PARTS("parts");

    private static final Map<String, InputTopic> BY_ID =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(InputTopic::id, topic -> topic));

    private final String id;

    InputTopic(String id) {
        this.id = id;
    }

    /** The short name, as in a decision's source. */
    public String id() {
        return id;
    }

    /** The topic of this short name, if one has it. */
    public static Optional<InputTopic> of(String id) {
        return Optional.ofNullable(BY_ID.get(id));
    }
}
