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
 * Gives a restarted coordinator the inputs that have no answer yet, from the log and in their order, and says from when on
 * records come live. The committed offsets are not relied on: they may be gone, and an input that decides nothing by itself may lie
 * before them. Belongs to one thread.
 */
final class InputFeed implements AutoCloseable {
    private final History history;
    private final Map<InputTopic, Topic> topics;
    private final ToLongFunction<InputTopic> unansweredFrom;
    private final Map<InputTopic, Long> seen = new EnumMap<>(InputTopic.class);
    private final Map<InputTopic, Long> passedOver = new EnumMap<>(InputTopic.class);
    private Optional<Backlog> backlog;

    /**
     * @param topics the input topics, in the order in which inputs of the same time are answered
     * @param unansweredFrom offset from which on the decisions so far answer none
     */
    InputFeed(History history, Map<InputTopic, Topic> topics, ToLongFunction<InputTopic> unansweredFrom) {
        this.history = history;
        this.topics = topics;
        this.unansweredFrom = unansweredFrom;
        this.backlog = Optional.of(new Backlog(history, topics, unansweredFrom));
    }

    /**
     * Gives so many inputs of the log at the most to the answer.
     *
     * @return whether nothing is left of them, so that the next input is a live one
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

    /** A live record has been given to the coordinator. */
    void seen(InputTopic topic, long offset) {
        seen.merge(topic, offset, Math::max);
    }

    /** A live record came before its turn; it is read again from the log. */
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
