package io.rondo.e2e;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.embedded.SecuredCluster;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.client.TopicCreator;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole job on three brokers with passwords, with the rights that docs/how-to/clusters.md lists and no others. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
@Tag("thorough")
class ThreeBrokersIT {
    private static final String JOB = "three";
    private static final int ROUNDS = 3;
    private static final List<String> TRAINERS = List.of("a", "b", "c");

    @TempDir
    private Path directory;

    private final TestJob job = TestJob.create().with(spec -> spec.setName(JOB)
            .setRounds(ROUNDS)
            .setReplication(3)
            .setRules(3)
            .setDeadlineMs(120_000));
    private final JobTopics topics = new JobTopics(JOB, TestJob.PARTITIONS, 3);

    @Test
    void shouldRunAJobWithExactlyItsRightsWhileOneBrokerIsLost() throws Exception {
        try (SecuredCluster cluster = SecuredCluster.start(directory.resolve("cluster"), List.of("site", "agg"), 3)) {
            try (Admin admin = cluster.as("admin").admin()) {
                admin.createAcls(rights()).all().get();
            }
            try (JobDriver operator = JobDriver.submit(cluster.as("admin"), job);
                    JobDriver sites = JobDriver.attach(cluster.as("site"), job);
                    AggregatorRun aggregator = new AggregatorRun(cluster)) {
                requireThreeReplicas(cluster, topics.manifests().name());
                requireThreeReplicas(cluster, ofTheBrokersDefault(cluster));
                requireAWarningOfOneReplica(cluster);
                TRAINERS.forEach(sites::join);
                for (int round = 1; round <= ROUNDS; round++) {
                    int opening = round;
                    sites.await(RoundOpened.class, opened -> opened.getRound() == opening);
                    TRAINERS.forEach(trainer -> sites.update(trainer, opening));
                    assertThat(sites.awaitPublished(round).getMembers()).hasSize(TRAINERS.size());
                    if (round == 1) {
                        cluster.killBroker(3);
                    }
                }
                sites.await(JobFinished.class, finished -> true);
                assertThat(operator.submitted().getSpec().getName()).isEqualTo(JOB);
                aggregator.requireSound();
            }

            VerificationReport report = Verifier.verify(cluster.as("admin"), JOB);
            assertThat(report.differences()).isEmpty();
            assertThat(report.identical()).isEqualTo(ROUNDS + 1);
        }
    }

    /** A job whose file does not say how many replicas there are. */
    private static String ofTheBrokersDefault(SecuredCluster cluster) {
        Topic topic = new JobTopics("silent", 1, -1).manifests();
        try (Admin admin = cluster.as("admin").admin()) {
            cluster.as("admin").topicCreator(admin).ensure(List.of(topic), 0);
        }
        return topic.name();
    }

    private void requireAWarningOfOneReplica(SecuredCluster cluster) throws Exception {
        try (Admin admin = cluster.as("admin").admin()) {
            NewTopic lone = new NewTopic("lone", 1, (short) 1).configs(Map.of("min.insync.replicas", "1"));
            admin.createTopics(List.of(lone)).all().get();
            TopicCreator creator = cluster.as("admin").topicCreator(admin);
            Optional<String> warning = creator.oneReplica(lone.name());
            // a broker that has not learned of a new topic yet describes none
            for (int attempt = 0; attempt < 100 && warning.isEmpty(); attempt++) {
                Thread.sleep(100);
                warning = creator.oneReplica(lone.name());
            }
            assertThat(warning).hasValueSatisfying(text -> assertThat(text)
                    .contains("one replica", "3 brokers", "set the job's replication to 3"));
            assertThat(creator.oneReplica(topics.manifests().name())).isEmpty();
        }
    }

    private static void requireThreeReplicas(SecuredCluster cluster, String topic) throws Exception {
        try (Admin admin = cluster.as("admin").admin()) {
            awaitKnown(admin, topic);
            TopicDescription described = admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get();
            assertThat(described.partitions().get(0).replicas()).hasSize(3);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            assertThat(admin.describeConfigs(List.of(resource))
                            .values()
                            .get(resource)
                            .get()
                            .get("min.insync.replicas")
                            .value())
                    .isEqualTo("2");
        }
    }

    /** A broker that has not learned of a new topic yet describes none. */
    private static void awaitKnown(Admin admin, String topic) throws Exception {
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                admin.describeTopics(List.of(topic)).allTopicNames().get();
                return;
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(UnknownTopicOrPartitionException.class);
                Thread.sleep(100);
            }
        }
    }

    /** The table of docs/how-to/clusters.md. */
    private List<AclBinding> rights() {
        String rounds = topics.prefix() + "round.";
        List<AclBinding> all = new ArrayList<>();
        all.add(allow("site", ResourceType.TOPIC, LITERAL, topics.commands().name(), READ));
        all.add(allow("agg", ResourceType.TOPIC, LITERAL, topics.commands().name(), READ));
        all.add(allow("agg", ResourceType.TOPIC, PREFIXED, topics.prefix(), DESCRIBE_CONFIGS));
        all.add(allow("site", ResourceType.TOPIC, LITERAL, topics.rounds().name(), READ));
        all.add(allow(
                "site", ResourceType.TOPIC, LITERAL, topics.globalAdapter().name(), READ));
        all.add(allow("site", ResourceType.TOPIC, LITERAL, topics.manifests().name(), WRITE));
        all.add(allow("site", ResourceType.TOPIC, PREFIXED, rounds, WRITE));
        all.add(allow("agg", ResourceType.TOPIC, LITERAL, topics.manifests().name(), READ));
        all.add(allow("agg", ResourceType.TOPIC, PREFIXED, rounds, READ));
        all.add(allow("agg", ResourceType.TOPIC, PREFIXED, rounds, CREATE));
        for (String name : List.of(
                topics.decisions().name(),
                topics.parts().name(),
                topics.globalAdapter().name())) {
            all.add(allow("agg", ResourceType.TOPIC, LITERAL, name, READ));
            all.add(allow("agg", ResourceType.TOPIC, LITERAL, name, WRITE));
        }
        all.add(allow("agg", ResourceType.TOPIC, LITERAL, topics.rounds().name(), WRITE));
        all.add(allow("agg", ResourceType.TOPIC, LITERAL, topics.deadLetters().name(), WRITE));
        all.add(allow("agg", ResourceType.GROUP, LITERAL, topics.applicationId(), READ));
        all.add(allow("agg", ResourceType.TRANSACTIONAL_ID, PREFIXED, topics.applicationId(), WRITE));
        all.add(allow("agg", ResourceType.TRANSACTIONAL_ID, PREFIXED, topics.applicationId(), DESCRIBE));
        return all;
    }

    private static AclBinding allow(
            String user, ResourceType resource, PatternType pattern, String name, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(resource, name, pattern),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    /** The aggregator on a thread of its own. */
    private final class AggregatorRun implements AutoCloseable {
        private final AggregatorService service;
        private final Thread thread;
        private volatile Throwable failure;

        AggregatorRun(SecuredCluster cluster) {
            service = AggregatorService.create(
                    new AggregatorSettings(cluster.as("agg"), JOB, "one", directory.resolve("state")));
            thread = new Thread(service::run, "aggregator");
            thread.setUncaughtExceptionHandler((ended, cause) -> failure = cause);
            thread.start();
        }

        void requireSound() {
            assertThat(failure).isNull();
        }

        @Override
        public void close() {
            service.stop();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }
}
