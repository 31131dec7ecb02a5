package io.rondo.aggregator.archive;

import io.rondo.aggregator.archive.ArchiveIndex.KeptFile;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Writes one partition to a file. Not thread-safe. */
final class PartitionWriter implements AutoCloseable {
    private static final int BLOCK_BYTES = 1 << 18;
    private static final int SYNC = 16;

    private final Path file;
    private final TopicPartition source;
    private final List<Integer> ids;
    private final RecordCodec codec;
    private final DataFileWriter<ConsumerRecord<byte[], byte[]>> out;
    private long records;

    /**
     * @param name name of the file
     * @param schemas the schemas of the values, by id
     */
    PartitionWriter(Path directory, String name, TopicPartition source, Map<Integer, Schema> schemas) {
        this.file = directory.resolve(name);
        this.source = source;
        this.ids = List.copyOf(schemas.keySet());
        this.codec = RecordCodec.ofSchemas(schemas);
        RecordSchema schema = new RecordSchema(schemas);
        this.out = new DataFileWriter<>(new RecordWriter(schema, codec));
        out.setSyncInterval(BLOCK_BYTES);
        out.setMeta("rondo.topic", source.topic());
        out.setMeta("rondo.partition", source.partition());
        try {
            out.create(schema.schema(), Files.newOutputStream(file, StandardOpenOption.CREATE_NEW), mark(source));
        } catch (IOException e) {
            throw ArchiveFailures.failed("write " + file, e);
        }
    }

    /** The sync marker between blocks is derived, not random: the same log produces the same bytes. */
    private static byte[] mark(TopicPartition source) {
        byte[] digest =
                Digests.of(source.toString().getBytes(StandardCharsets.UTF_8)).bytes();
        return Arrays.copyOf(digest, SYNC);
    }

    void write(ConsumerRecord<byte[], byte[]> record) {
        try {
            out.append(record);
            records++;
        } catch (IOException | DataFileWriter.AppendWriteException e) {
            throw ArchiveFailures.failed("write " + file, e);
        }
    }

    /** Completes the file and syncs it to disk. */
    KeptFile finish() {
        try {
            out.close();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            return new KeptFile(
                    source.topic(),
                    source.partition(),
                    file.getFileName().toString(),
                    records,
                    Files.size(file),
                    FileDigest.of(file),
                    ids);
        } catch (IOException e) {
            throw ArchiveFailures.failed("write " + file, e);
        }
    }

    @Override
    public void close() {
        try (codec) {
            out.close();
        } catch (IOException e) {
            throw ArchiveFailures.failed("write " + file, e);
        }
    }
}
