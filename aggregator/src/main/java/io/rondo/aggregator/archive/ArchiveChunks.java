package io.rondo.aggregator.archive;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.log.ChunkRecords;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads the chunks of rounds from an archive. One file is open at a time. Not thread-safe. */
final class ArchiveChunks implements ChunkSource {
    private final Archive archive;
    private final JobTopics topics;
    private final RecordCodec codec;
    private TopicPartition source;
    private PartitionFile file;

    ArchiveChunks(Archive archive, JobTopics topics, RecordCodec codec) {
        this.archive = archive;
        this.topics = topics;
        this.codec = codec;
    }

    @Override
    public long read(int round, int partition, long first, long last, Sink chunks) {
        open(new TopicPartition(topics.round(round).name(), partition));
        file.rewindTo(first);
        while (file.position() <= last) {
            Optional<ConsumerRecord<byte[], byte[]>> record = file.next();
            if (record.isEmpty()) {
                break;
            }
            if (record.get().offset() >= first) {
                ChunkRecords.give(record.get(), codec, chunks);
            }
        }
        return Math.max(first, file.position());
    }

    private void open(TopicPartition wanted) {
        if (!wanted.equals(source)) {
            close();
            file = archive.open(wanted.topic(), wanted.partition());
            source = wanted;
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
            file = null;
            source = null;
        }
    }
}
