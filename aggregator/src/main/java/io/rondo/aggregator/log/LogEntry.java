package io.rondo.aggregator.log;

import io.rondo.log.Sha256;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of the log, byte for byte. Callers do not write into its arrays; key and value may be null. */
public final class LogEntry {
    private final long offset;
    private final long timestamp;
    private final byte[] key;
    private final byte[] value;

    public LogEntry(long offset, long timestamp, byte[] key, byte[] value) {
        this.offset = offset;
        this.timestamp = timestamp;
        this.key = key;
        this.value = value;
    }

    /** A record that a consumer returned. */
    public static LogEntry of(ConsumerRecord<byte[], byte[]> record) {
        return new LogEntry(record.offset(), record.timestamp(), record.key(), record.value());
    }

    public long offset() {
        return offset;
    }

    /** Milliseconds since 1970: the append time where the topic has it. */
    public long timestamp() {
        return timestamp;
    }

    public byte[] key() {
        return key;
    }

    public byte[] value() {
        return value;
    }

    /** The digest by which decisions and the hash chain refer to the record: that of zero bytes if it has no value. */
    public Sha256 bodyDigest() {
        return value == null ? Digests.of() : RecordCodec.bodyDigest(value);
    }
}
