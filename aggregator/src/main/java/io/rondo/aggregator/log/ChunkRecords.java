package io.rondo.aggregator.log;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records of round topics as chunks. */
public final class ChunkRecords {
    private ChunkRecords() {}

    /**
     * Passes a record to the sink if it is a chunk. An unreadable record is skipped: if it was an update's chunk, that chunk
     * is found missing.
     */
    public static void give(ConsumerRecord<byte[], byte[]> record, RecordCodec codec, ChunkSource.Sink chunks) {
        if (record.value() != null
                && codec.decode(record.topic(), record.value()) instanceof Decoded.Readable readable
                && readable.record() instanceof TensorChunk chunk) {
            chunks.accept(record.offset(), chunk);
        }
    }
}
