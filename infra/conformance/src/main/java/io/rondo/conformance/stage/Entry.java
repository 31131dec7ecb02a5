package io.rondo.conformance.stage;

import io.rondo.schemas.serde.RecordCodec;
import java.util.Arrays;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record of the log, and where it lies.
 *
 * @param raw as the broker has it
 * @param record what it holds
 */
public record Entry<T extends SpecificRecord>(ConsumerRecord<byte[], byte[]> raw, T record) {
    public long offset() {
        return raw.offset();
    }

    /** The digest of its body. */
    public io.rondo.log.Sha256 bodyDigest() {
        return RecordCodec.bodyDigest(raw.value());
    }

    <S extends SpecificRecord> Entry<S> as(Class<S> type) {
        return new Entry<>(raw, type.cast(record));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry<?> that
                && raw.topic().equals(that.raw.topic())
                && raw.partition() == that.raw.partition()
                && raw.offset() == that.raw.offset();
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new Object[] {raw.topic(), raw.partition(), raw.offset()});
    }
}
