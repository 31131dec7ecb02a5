package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.History;
import io.rondo.aggregator.log.LogCursor;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The inputs that were in the log before a task started, in the order of {@link io.rondo.aggregator.round.InputOrder}.
 * Buffers only a few of each topic. Belongs to one thread.
 */
final class Backlog implements AutoCloseable {
    private final List<Source> sources = new ArrayList<>();

    /** An input and its topic. */
    record Waiting(InputTopic topic, LogEntry entry) {}

    /**
     * @param topics the topics, in the order in which inputs with equal timestamps are answered
     * @param from offset of the first input of a topic
     */
    Backlog(History history, Map<InputTopic, Topic> topics, ToLongFunction<InputTopic> from) {
        try {
            topics.forEach((input, topic) ->
                    sources.add(new Source(input, history.open(topic.name(), 0, from.applyAsLong(input)))));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The next input; empty when all have been returned. */
    Optional<Waiting> next() {
        Source oldest = null;
        for (Source source : sources) {
            if (source.hasNext() && (oldest == null || source.latest < oldest.latest)) {
                oldest = source;
            }
        }
        return Optional.ofNullable(oldest).map(Source::take);
    }

    @Override
    public void close() {
        sources.forEach(source -> source.cursor.close());
    }

    private static final class Source {
        private final InputTopic topic;
        private final LogCursor cursor;
        private Optional<LogEntry> head = Optional.empty();
        /** A later record of a topic may have an earlier timestamp; it still comes later. */
        private long latest = Long.MIN_VALUE;

        Source(InputTopic topic, LogCursor cursor) {
            this.topic = topic;
            this.cursor = cursor;
        }

        boolean hasNext() {
            if (head.isEmpty()) {
                head = cursor.next();
                head.ifPresent(entry -> latest = Math.max(latest, entry.timestamp()));
            }
            return head.isPresent();
        }

        Waiting take() {
            Waiting taken = new Waiting(topic, head.orElseThrow());
            head = Optional.empty();
            return taken;
        }
    }
}
