package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.log.History;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.LogCursor;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A job's records in memory, each of which a test may change. */
public final class MemoryJobLog implements JobLog, BranchLog {
    private final JobTopics topics;
    private final RecordCodec codec;
    private final Map<String, List<List<LogEntry>>> logs = new TreeMap<>();

    public MemoryJobLog(JobTopics topics, RecordCodec codec) {
        this.topics = topics;
        this.codec = codec;
    }

    /** The same records, to be changed without the first log noticing. */
    public MemoryJobLog copy() {
        MemoryJobLog copy = new MemoryJobLog(topics, codec);
        logs.forEach((topic, partitions) -> copy.logs.put(
                topic,
                new ArrayList<>(partitions.stream()
                        .map(log -> (List<LogEntry>) new ArrayList<>(log))
                        .toList())));
        return copy;
    }

    @Override
    public long append(Topic topic, int partition, byte[] key, byte[] value, long timestamp) {
        List<List<LogEntry>> partitions = logs.computeIfAbsent(topic.name(), name -> {
            List<List<LogEntry>> all = new ArrayList<>();
            for (int i = 0; i < topic.partitions(); i++) {
                all.add(new ArrayList<>());
            }
            return all;
        });
        List<LogEntry> log = partitions.get(partition);
        log.add(new LogEntry(log.size(), timestamp, key, value));
        return log.size() - 1L;
    }

    public Map<String, List<List<LogEntry>>> logs() {
        return logs;
    }

    public void replace(String topic, int partition, LogEntry entry) {
        logs.get(topic).get(partition).set((int) entry.offset(), entry);
    }

    @Override
    public ChunkSource chunks(int partition) {
        return chunks(partition, List.of());
    }

    @Override
    public ChunkSource chunks(int partition, List<Integer> rounds) {
        return (round, number, first, last, sink) -> {
            List<LogEntry> log = log(topics.round(round).name(), number);
            long end = Math.min(last + 1, log.size());
            for (long offset = first; offset < end; offset++) {
                if (codec.decode(
                                        topics.round(round).name(),
                                        log.get((int) offset).value())
                                instanceof Decoded.Readable readable
                        && readable.record() instanceof TensorChunk chunk) {
                    sink.accept(offset, chunk);
                }
            }
            return Math.max(first, end);
        };
    }

    private List<LogEntry> log(String topic, int partition) {
        return logs.containsKey(topic) ? logs.get(topic).get(partition) : List.of();
    }

    @Override
    public JobTopics topics() {
        return topics;
    }

    @Override
    public RecordCodec codec() {
        return codec;
    }

    @Override
    public History history() {
        return (topic, partition, from, entries) -> log(topic, partition).stream()
                .filter(entry -> entry.offset() >= from)
                .forEach(entries);
    }

    @Override
    public Set<Integer> rounds() {
        return logs.keySet().stream()
                .map(topics::roundOf)
                .filter(OptionalInt::isPresent)
                .map(OptionalInt::getAsInt)
                .collect(Collectors.toSet());
    }

    @Override
    public LogCursor cursor(Topic topic, int partition, long from) {
        Iterator<LogEntry> left = List.copyOf(log(topic.name(), partition)).listIterator((int) from);
        return () -> left.hasNext() ? Optional.of(left.next()) : Optional.empty();
    }

    @Override
    public void close() {}
}
