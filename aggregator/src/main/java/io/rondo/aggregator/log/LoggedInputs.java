package io.rondo.aggregator.log;

import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.Source;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The records that decisions answer, as inputs of a coordinator. */
public final class LoggedInputs {
    private final JobTopics topics;
    private final Map<InputTopic, NavigableMap<Long, Input>> inputs = new EnumMap<>(InputTopic.class);

    private LoggedInputs(JobTopics topics) {
        this.topics = topics;
    }

    public static LoggedInputs read(JobLog log) {
        LoggedInputs all = new LoggedInputs(log.topics());
        for (InputTopic topic : InputTopic.values()) {
            NavigableMap<Long, Input> of = new TreeMap<>();
            String name = all.topic(topic).name();
            log.history()
                    .read(
                            name,
                            0,
                            0,
                            entry -> of.put(
                                    entry.offset(),
                                    input(topic, entry, log.codec().decode(name, entry.value()))));
            all.inputs.put(topic, of);
        }
        return all;
    }

    /** A record of an input topic as an input of a coordinator. */
    public static Input input(InputTopic topic, LogEntry entry, Decoded decoded) {
        if (decoded instanceof Decoded.Readable readable) {
            return new Input.Received(topic, entry.offset(), entry.bodyDigest(), entry.timestamp(), readable.record());
        }
        Decoded.Unreadable unreadable = (Decoded.Unreadable) decoded;
        return new Input.Unreadable(
                topic, entry.offset(), entry.bodyDigest(), entry.timestamp(), unreadable.reason(), unreadable.detail());
    }

    public Topic topic(InputTopic topic) {
        return switch (topic) {
            case COMMANDS -> topics.commands();
            case MANIFESTS -> topics.manifests();
            case PARTS -> topics.parts();
        };
    }

    public Optional<Input> at(InputTopic topic, long offset) {
        return Optional.ofNullable(inputs.get(topic).get(offset));
    }

    /** The records of a topic from one offset to another, the second exclusive. */
    public Collection<Input> between(InputTopic topic, long first, long end) {
        return first >= end ? List.of() : inputs.get(topic).subMap(first, end).values();
    }

    public Collection<Input> all(InputTopic topic) {
        return inputs.get(topic).values();
    }

    /** The signer's sequence number is part of the decision; a rerun compares it. */
    private static boolean isSame(Source found, Source named) {
        return found.getTopic().equals(named.getTopic())
                && found.getOffset() == named.getOffset()
                && Objects.equals(found.getBodyDigest(), named.getBodyDigest());
    }

    /** What is wrong with a decision's source, if anything. */
    public Optional<LogDifference> problem(long sequence, Source source) {
        Optional<InputTopic> topic = InputTopic.of(source.getTopic());
        if (topic.isEmpty()) {
            return Optional.empty();
        }
        Optional<Input> found = at(topic.get(), source.getOffset());
        if (found.isPresent() && isSame(found.get().source(), source)) {
            return Optional.empty();
        }
        return Optional.of(LogDifference.of("decision " + sequence
                        + (found.isEmpty()
                                ? " answers a record that is not there"
                                : " answers another record than this one"))
                .at(topic(topic.get()), 0, source.getOffset()));
    }
}
