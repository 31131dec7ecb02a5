package io.rondo.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the log relies on: a transaction that a broker's end cuts off is ended in all of its partitions. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("thorough")
class TransactionsIT {
    private static final Topic DECISIONS = new JobTopics("demo", 3, 1).decisions();
    private static final int TIMEOUT_MS = 10_000;

    @TempDir
    private Path directory;

    /** Brokers with KAFKA-20734 forget to end it: they look for the partitions' leader before there is one again. */
    @Test
    void shouldAbortInEveryPartitionWhatWasOpenWhenTheBrokerWasKilled() throws Exception {
        try (BreakableCluster cluster = BreakableCluster.start(directory, 1)) {
            LogConnection connection =
                    new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
            try (Admin admin = connection.admin()) {
                connection.topicCreator(admin).ensure(List.of(DECISIONS));
            }
            KafkaProducer<byte[], byte[]> producer = producer(connection);
            producer.initTransactions();
            send(producer);
            producer.commitTransaction();
            send(producer);
            cluster.killBroker(1);
            producer.close(Duration.ZERO);
            Thread.sleep(TIMEOUT_MS);
            cluster.startBroker(1);
            cluster.awaitBroker(1);

            for (int partition = 0; partition < DECISIONS.partitions(); partition++) {
                assertThat(readToEnd(connection, partition)).isEqualTo(1);
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(LogConnection connection) {
        Map<String, Object> config = new HashMap<>(connection.writerConfig());
        config.put("transactional.id", "test");
        config.put("transaction.timeout.ms", TIMEOUT_MS);
        return new KafkaProducer<>(config);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer) throws Exception {
        producer.beginTransaction();
        for (int partition = 0; partition < DECISIONS.partitions(); partition++) {
            producer.send(new ProducerRecord<>(DECISIONS.name(), partition, null, new byte[] {1}))
                    .get();
        }
    }

    /** How many records are committed. */
    private static int readToEnd(LogConnection connection, int partition) {
        AtomicInteger records = new AtomicInteger();
        try (LogReader reader =
                LogReader.open(connection, Map.of(new TopicPartition(DECISIONS.name(), partition), 0L))) {
            reader.readToEnd(record -> records.incrementAndGet());
        }
        return records.get();
    }
}
