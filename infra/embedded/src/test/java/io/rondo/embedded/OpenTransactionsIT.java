package io.rondo.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.OpenTransactions;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("thorough")
class OpenTransactionsIT {
    private static final Topic DECISIONS = new JobTopics("demo", 2, 1).decisions();
    private static final List<TopicPartition> PARTITIONS =
            List.of(new TopicPartition(DECISIONS.name(), 0), new TopicPartition(DECISIONS.name(), 1));

    @TempDir
    private Path directory;

    @Test
    void shouldSayWhichTransactionIsInTheWayAndHowToEndIt() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory))) {
            LogConnection connection =
                    new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
            Map<String, Object> config = new HashMap<>(connection.writerConfig());
            config.put("transactional.id", "test");
            try (Admin admin = connection.admin();
                    KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config)) {
                connection.topicCreator(admin).ensure(List.of(DECISIONS));
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(DECISIONS.name(), 1, null, new byte[] {1}))
                        .get();

                RondoException open = OpenTransactions.holdingUp(admin, PARTITIONS);
                RondoException closed = OpenTransactions.holdingUp(admin, PARTITIONS.subList(0, 1));
                producer.abortTransaction();

                assertThat(open.code()).isEqualTo(ErrorCode.TRANSACTION_OPEN);
                assertThat(open.getMessage()).contains("in " + PARTITIONS.get(1) + " since offset 0");
                assertThat(open.explanation())
                        .contains("abort --topic " + DECISIONS.name() + " --partition 1 --start-offset 0");
                assertThat(closed.code()).isEqualTo(ErrorCode.BROKER_UNREACHABLE);
            }
        }
    }
}
