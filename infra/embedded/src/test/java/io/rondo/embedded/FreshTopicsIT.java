package io.rondo.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics are written to the moment that they are created: where nobody waits for their leaders, every other time in vain. */
@Tag("thorough")
class FreshTopicsIT {
    private static final int JOBS = 12;
    private static final int RECORDS = 4;

    @TempDir
    private Path home;

    @Test
    void shouldTakeEveryRecordFromTheFirstMomentOn() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(home))) {
            LogConnection connection =
                    new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
            try (Admin admin = connection.admin()) {
                for (int job = 0; job < JOBS; job++) {
                    List<Topic> topics = new JobTopics("fresh-" + job, 4, 1).fixed();
                    connection.topicCreator(admin).ensure(topics);
                    writeAtOnce(connection, topics);
                }
            }
        }
    }

    /** Each record in a request of its own, several of them on their way. */
    private static void writeAtOnce(LogConnection connection, List<Topic> topics) throws Exception {
        Map<String, Object> config = new HashMap<>(connection.writerConfig());
        config.putAll(Map.of("linger.ms", 0, "batch.size", 1));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config)) {
            for (Topic topic : topics) {
                for (int i = 0; i < RECORDS * topic.partitions(); i++) {
                    sent.add(producer.send(new ProducerRecord<>(
                            topic.name(), i % topic.partitions(), new byte[] {1}, new byte[] {2})));
                }
            }
            int record = 0;
            for (Topic topic : topics) {
                for (int i = 0; i < RECORDS * topic.partitions(); i++) {
                    assertThat(sent.get(record++).get().offset()).isEqualTo(i / topic.partitions());
                }
            }
        }
    }
}
