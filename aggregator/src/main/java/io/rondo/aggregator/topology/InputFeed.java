package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.History;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.schemas.topic.Topic;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/**
 * Passes the unanswered inputs of the log to a restarted coordinator, in order, and then switches to live records. It does
 * not rely on the committed offsets: they may be gone, and an input that must be read again may lie before them. Belongs to
 * one thread.
 */
final class InputFeed implements AutoCloseable {
    private final History history;
    private final Map<InputTopic, Topic> topics;
    private final ToLongFunction<InputTopic> unansweredFrom;
    private final Map<InputTopic, Long> seen = new EnumMap<>(InputTopic.class);
    private final Map<InputTopic, Long> passedOver = new EnumMap<>(InputTopic.class);
    private Optional<Backlog> backlog;

    /**
     * @param topics the input topics, in the order in which inputs with equal timestamps are answered
     * @param unansweredFrom the first offset that the decisions so far do not answer
     */
    InputFeed(History history, Map<InputTopic, Topic> topics, ToLongFunction<InputTopic> unansweredFrom) {
        this.history = history;
        this.topics = topics;
        this.unansweredFrom = unansweredFrom;
        this.backlog = Optional.of(new Backlog(history, topics, unansweredFrom));
    }

    /**
     * Passes at most this many inputs of the log to {@code answer}.
     *
     * @return whether all are passed, so that the next input is a live one
     */
    boolean catchUp(int most, BiConsumer<InputTopic, LogEntry> answer) {
        if (backlog.isEmpty()) {
            return true;
        }
        for (int given = 0; given < most; given++) {
            Optional<Backlog.Waiting> next = backlog.get().next();
            if (next.isEmpty()) {
                return endOfBacklog();
            }
            seen(next.get().topic(), next.get().entry().offset());
            answer.accept(next.get().topic(), next.get().entry());
        }
        return false;
    }

    private boolean endOfBacklog() {
        close();
        boolean missed =
                passedOver.entrySet().stream().anyMatch(entry -> entry.getValue() >= unseenFrom(entry.getKey()));
        if (missed) {
            backlog = Optional.of(new Backlog(history, topics, this::unseenFrom));
        }
        return !missed;
    }

    /** The coordinator has received a live record. */
    void seen(InputTopic topic, long offset) {
        seen.merge(topic, offset, Math::max);
    }

    /** A live record arrived too early; it is read again from the log. */
    void passOver(InputTopic topic, long offset) {
        passedOver.merge(topic, offset, Math::max);
    }

    /** Offset of the first record of the topic that the coordinator has not seen. */
    long unseenFrom(InputTopic topic) {
        return Math.max(unansweredFrom.applyAsLong(topic), seen.getOrDefault(topic, -1L) + 1);
    }

    @Override
    public void close() {
        backlog.ifPresent(Backlog::close);
        backlog = Optional.empty();
    }
}
