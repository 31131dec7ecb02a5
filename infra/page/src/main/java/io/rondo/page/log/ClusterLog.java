package io.rondo.page.log;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A job's or a branch's log on a cluster. */
final class ClusterLog implements PageLog {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long SILENCE_NANOS = 10_000_000_000L;

    private final LogConnection connection;
    private final LogKey key;

    ClusterLog(LogConnection connection, LogKey key) {
        this.connection = connection;
        this.key = key;
    }

    @Override
    public String key() {
        return key.toString();
    }

    @Override
    public void follow(long from, Sink sink, BooleanSupplier stopped) {
        String topic = topics().decisions().name();
        TopicPartition source = new TopicPartition(topic, 0);
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
                LogReader reader = LogReader.open(connection, Map.of(source, from))) {
            Consumer<ConsumerRecord<byte[], byte[]>> take = record -> sink.take(
                    record.offset(),
                    record.serializedValueSize(),
                    codec.require(topic, record.value(), SpecificRecord.class));
            reader.readToEnd(record -> {
                if (!stopped.getAsBoolean()) {
                    take.accept(record);
                }
            });
            sink.caughtUp();
            long asked = System.nanoTime();
            while (!stopped.getAsBoolean()) {
                var records = reader.poll(POLL);
                records.forEach(take);
                if (!records.isEmpty()) {
                    asked = System.nanoTime();
                } else if (System.nanoTime() - asked > SILENCE_NANOS) {
                    // a consumer waits for a broker that is away and does not say so: this fails
                    reader.end(source);
                    asked = System.nanoTime();
                }
            }
        }
    }

    private JobTopics topics() {
        try (Admin admin = connection.admin()) {
            JobTopics ofJob = Jobs.topics(connection, admin, key.job());
            return key.branch().map(ofJob::branch).orElse(ofJob);
        }
    }

    @Override
    public JobLog open() {
        return KafkaJobLog.open(connection, key.job(), key.branch());
    }
}
