package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.TopicCreator;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Topics that somebody else made, and those that a cluster cannot give. */
@WithCluster
class TopicChecksIT {
    private static final int CHUNK = 200_000;

    @Test
    void shouldCreateNothingWhereTheClusterHasTooFewBrokers(LogConnection connection) throws Exception {
        JobTopics topics = new JobTopics("checks-replication", 2, 3);

        assertThatThrownBy(() -> ensure(connection, topics))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BROKER_REFUSED, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.explanation()).contains("replication", topics.prefix()));
        assertThat(names(connection)).noneMatch(name -> name.startsWith(topics.prefix()));
    }

    @Test
    void shouldRefuseATopicThatLosesRecordsOrTakesNoChunk(LogConnection connection) throws Exception {
        JobTopics topics = new JobTopics("checks-settings", 2, 1);
        create(connection, topics.manifests().name(), 1, Map.of("retention.ms", "3600000"));
        create(connection, topics.round(0).name(), 2, Map.of("max.message.bytes", "100000", "retention.ms", "-1"));

        assertThatThrownBy(() -> ensure(connection, topics))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.TOPIC_MISMATCH, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.getMessage())
                        .contains(
                                topics.manifests().name() + " has retention.ms=3600000",
                                topics.manifests().name() + " has message.timestamp.type=CreateTime",
                                topics.round(0).name() + " has max.message.bytes=100000"));
        assertThat(names(connection)).doesNotContain(topics.commands().name());
    }

    @Test
    void shouldRefuseTopicsThatTakeNoRecordOfManyTrainers(LogConnection connection) throws Exception {
        JobTopics topics = new JobTopics("checks-records", 2, 1);
        create(connection, topics.decisions().name(), 2, Map.of("max.message.bytes", "1048588"));

        try (Admin admin = connection.admin()) {
            TopicCreator creator = connection.topicCreator(admin);
            assertThatThrownBy(() -> creator.requireLargeRecords(List.of(topics.decisions(), topics.rounds())))
                    .asInstanceOf(type(RondoException.class))
                    .returns(ErrorCode.TOPIC_MISMATCH, RondoException::code)
                    .satisfies(refusal -> assertThat(refusal.getMessage())
                            .contains(topics.decisions().name() + " has max.message.bytes=1048588")
                            .doesNotContain(topics.rounds().name()));

            creator.ensure(List.of(topics.rounds()));
            creator.requireLargeRecords(List.of(topics.rounds()));
        }
    }

    @Test
    @Tag("thorough")
    void shouldSendBatchesThatFitTheTopic(LogConnection connection) throws Exception {
        JobTopics topics = new JobTopics("checks-batches", 2, 1);
        create(
                connection,
                topics.globalAdapter().name(),
                2,
                Map.of("max.message.bytes", "262144", "retention.ms", "-1"));

        try (Admin admin = connection.admin()) {
            TopicCreator creator = connection.topicCreator(admin);
            Map<String, Object> config = connection.writerConfig(
                    creator.largestBatch(topics.globalAdapter().name()));
            assertThat(config).containsEntry("batch.size", 262_144);
            config.put("linger.ms", 200);
            try (Producer<byte[], byte[]> producer = connection.producer(config)) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    sent.add(producer.send(
                            new ProducerRecord<>(topics.globalAdapter().name(), 0, null, new byte[50_000])));
                }
                producer.flush();
                for (int i = 0; i < sent.size(); i++) {
                    assertThat(sent.get(i).get().offset()).isEqualTo(i);
                }
            }
        }
    }

    private static void ensure(LogConnection connection, JobTopics topics) {
        try (Admin admin = connection.admin()) {
            connection
                    .topicCreator(admin)
                    .ensure(List.of(topics.commands(), topics.manifests(), topics.round(0)), CHUNK);
        }
    }

    private static void create(LogConnection connection, String name, int partitions, Map<String, String> settings)
            throws Exception {
        try (Admin admin = connection.admin()) {
            admin.createTopics(List.of(
                            new NewTopic(name, Optional.of(partitions), Optional.of((short) 1)).configs(settings)))
                    .all()
                    .get();
        }
    }

    private static Set<String> names(LogConnection connection) throws Exception {
        try (Admin admin = connection.admin()) {
            return admin.listTopics().names().get();
        }
    }
}
