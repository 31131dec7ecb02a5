package io.rondo.aggregator.archive;

import io.rondo.schemas.serde.BoundedDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads one partition of an archive, record by record and a block at a time. Not thread-safe. */
final class PartitionFile implements AutoCloseable {
    private final Path file;
    private final RecordReader records;
    private final DataFileReader<Object> blocks;
    /** Block positions by the offset of their first record, as far as the file has been read. */
    private final TreeMap<Long, Long> starts = new TreeMap<>();

    private BoundedDecoder block;
    private long left;
    private long blockStart;
    private long next;

    /** @throws io.rondo.schemas.error.RondoException with {@code ARCHIVE_CORRUPT} when it is not an archive's file */
    PartitionFile(Path file, TopicPartition source) {
        this.file = file;
        this.records = new RecordReader(source);
        try {
            this.blocks = new DataFileReader<>(file.toFile(), new GenericDatumReader<>());
        } catch (IOException | AvroRuntimeException e) {
            throw ArchiveFailures.corrupt(file, e);
        }
    }

    /** The next record; empty at the end. */
    Optional<ConsumerRecord<byte[], byte[]>> next() {
        try {
            boolean isBlockStart = left == 0;
            if (isBlockStart && !nextBlock()) {
                return Optional.empty();
            }
            ConsumerRecord<byte[], byte[]> record = records.read(block);
            if (isBlockStart) {
                starts.put(record.offset(), blockStart);
            }
            left--;
            next = record.offset() + 1;
            return Optional.of(record);
        } catch (IOException | AvroRuntimeException e) {
            throw ArchiveFailures.corrupt(file, e);
        }
    }

    private boolean nextBlock() throws IOException {
        do {
            blockStart = blocks.previousSync();
            if (!blocks.hasNext()) {
                return false;
            }
            ByteBuffer bytes = blocks.nextBlock();
            left = blocks.getBlockCount();
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            block = new BoundedDecoder(copy, 0);
        } while (left == 0);
        return true;
    }

    /** Moves back until the next record's offset is not higher than this one, if there is such a record. */
    void rewindTo(long offset) {
        if (offset >= next) {
            return;
        }
        Map.Entry<Long, Long> start = starts.floorEntry(offset);
        if (start == null) {
            start = starts.firstEntry();
        }
        try {
            blocks.seek(start.getValue());
        } catch (IOException e) {
            throw ArchiveFailures.corrupt(file, e);
        }
        left = 0;
        next = start.getKey();
    }

    /** The offset after the last record read. */
    long position() {
        return next;
    }

    @Override
    public void close() {
        try {
            blocks.close();
        } catch (IOException e) {
            throw ArchiveFailures.corrupt(file, e);
        }
    }
}
