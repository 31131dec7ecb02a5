package io.rondo.aggregator.archive;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.log.History;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.LogCursor;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A job's log in an archive, read without broker or registry. */
public final class ArchiveJobLog implements JobLog {
    private final Archive archive;
    private final RecordCodec codec;

    public ArchiveJobLog(Archive archive) {
        this.archive = archive;
        this.codec = RecordCodec.ofSchemas(archive.index().parsedSchemas());
    }

    @Override
    public JobTopics topics() {
        return archive.jobTopics();
    }

    @Override
    public RecordCodec codec() {
        return codec;
    }

    @Override
    public History history() {
        return (topic, partition, from, entries) -> {
            try (PartitionFile file = archive.open(topic, partition)) {
                for (var record = file.next(); record.isPresent(); record = file.next()) {
                    if (record.get().offset() >= from) {
                        entries.accept(LogEntry.of(record.get()));
                    }
                }
            }
        };
    }

    @Override
    public Set<Integer> rounds() {
        return IntStream.rangeClosed(archive.range().from(), archive.range().to())
                .boxed()
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public ChunkSource chunks(int partition, List<Integer> rounds) {
        return new ArchiveChunks(archive, topics(), codec);
    }

    @Override
    public LogCursor cursor(Topic topic, int partition, long from) {
        PartitionFile file = archive.open(topic.name(), partition);
        return new LogCursor() {
            @Override
            public Optional<LogEntry> next() {
                Optional<ConsumerRecord<byte[], byte[]>> record = file.next();
                while (record.isPresent() && record.get().offset() < from) {
                    record = file.next();
                }
                return record.map(LogEntry::of);
            }

            @Override
            public void close() {
                file.close();
            }
        };
    }

    @Override
    public void close() {
        codec.close();
    }
}
