package io.rondo.aggregator;

import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.topology.UncommittedParts;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** The clients of Kafka Streams, with a producer that tells which offsets the broker gave to parts. */
final class StreamsClients implements KafkaClientSupplier {
    private final String partsTopic;
    private final UncommittedParts parts;

    StreamsClients(String partsTopic, UncommittedParts parts) {
        this.partsTopic = partsTopic;
        this.parts = parts;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new TellingProducer(config);
    }

    @Override
    public org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return getConsumer(config);
    }

    @Override
    public org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return getConsumer(config);
    }

    /** Used by one Streams thread. */
    private final class TellingProducer extends KafkaProducer<byte[], byte[]> {
        TellingProducer(Map<String, Object> config) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
            if (!record.topic().equals(partsTopic)) {
                return super.send(record, callback);
            }
            Consumer<LogEntry> acknowledged = parts.sending(this::flush);
            return super.send(record, (metadata, failure) -> {
                if (failure == null) {
                    acknowledged.accept(
                            new LogEntry(metadata.offset(), metadata.timestamp(), record.key(), record.value()));
                }
                callback.onCompletion(metadata, failure);
            });
        }

        @Override
        public void commitTransaction() {
            super.commitTransaction();
            parts.committed();
        }
    }
}
