package io.rondo.e2e;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.cli.check.ClusterCheck;
import io.rondo.cli.check.Finding;
import io.rondo.cli.check.Role;
import io.rondo.cli.job.JobListing;
import io.rondo.cli.job.JobSubmitter;
import io.rondo.embedded.SecuredCluster;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import io.rondo.trainer.runtime.upload.Acknowledgements;
import io.rondo.trainer.runtime.upload.SendFailures;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster with passwords and ACLs: what each role is told when a right is missing. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("thorough")
class RightsIT {
    private static final String JOB = "rights";
    private static final JobTopics TOPICS = new JobTopics(JOB, TestJob.PARTITIONS, 1);

    @TempDir
    private static Path directory;

    private static SecuredCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = SecuredCluster.start(directory, List.of("site", "agg", "maker", "nobody"));
        LogConnection admin = cluster.as("admin");
        try (JobDriver driver = JobDriver.submit(admin, TestJob.create().with(spec -> spec.setName(JOB)))) {
            assertThat(driver.submitted().getSpec().getName()).isEqualTo(JOB);
        }
        try (Admin client = admin.admin()) {
            client.createAcls(Stream.of(
                                    allow("site", ResourceType.TOPIC, TOPICS.prefix(), READ),
                                    allow("agg", ResourceType.TOPIC, TOPICS.prefix(), READ),
                                    allow("agg", ResourceType.TOPIC, TOPICS.prefix(), WRITE),
                                    allow("agg", ResourceType.GROUP, TOPICS.applicationId(), READ))
                            .toList())
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void shouldNameTheUserWhoseCredentialsAreWrong() {
        LogConnection wrong = cluster.as("site", "marked-7");

        assertRefused(wrong::admin, "User:site");
    }

    @Test
    void shouldSayThatTheListenerAsksForCredentials() {
        LogConnection plain = new LogConnection(cluster.bootstrapServers(), "http://r:1", Map.of());

        assertThatThrownBy(plain::admin).isInstanceOf(RondoException.class);
    }

    @Test
    void shouldTellATrainerWhatItMayNotWrite() {
        LogConnection site = cluster.as("site");
        String manifests = TOPICS.manifests().name();

        try (Producer<byte[], byte[]> producer = site.producer()) {
            Acknowledgements acks = new Acknowledgements(producer, SendFailures.of(site));
            assertRefused(
                    () -> {
                        acks.send(manifests, 0, new byte[] {1});
                        acks.await();
                    },
                    "User:site",
                    "WRITE",
                    manifests);
        }
    }

    @Test
    void shouldTellAnAggregatorThatItsTransactionsAreNotAllowed() {
        AggregatorService aggregator = AggregatorService.create(
                new AggregatorSettings(cluster.as("agg"), JOB, "one", directory.resolve("state")));

        assertRefused(aggregator::run, "User:agg", "WRITE", "transactional id", TOPICS.applicationId());
    }

    @Test
    void shouldNotSayThatThereIsNoJobToOneWhoMaySeeNone() {
        assertRefused(() -> JobListing.read(cluster.as("nobody")), "User:nobody", "DESCRIBE");
        assertThat(JobListing.read(cluster.as("site"))).hasSize(1);
    }

    /** One who may create topics and not write to them has made some by the time at which that shows. */
    @Test
    void shouldLeaveNothingBehindWhereAJobMayNotBeSubmitted() throws Exception {
        try (Admin client = cluster.as("admin").admin()) {
            client.createAcls(Stream.of(CREATE, DESCRIBE, DESCRIBE_CONFIGS, READ, DELETE)
                            .map(operation -> allow("maker", ResourceType.TOPIC, "rondo.never", operation))
                            .toList())
                    .all()
                    .get();
            for (String user : List.of("site", "maker")) {
                assertRefused(() -> submit(user), "User:" + user, user.equals("site") ? "DESCRIBE" : "WRITE");
                TopicNames.await(
                        cluster.as("admin"), names -> names.stream().noneMatch(topic -> topic.contains("never")));
            }
            assertThat(submit("admin").getSpec().getName()).isEqualTo("never");
        }
    }

    private static JobSubmitted submit(String user) {
        JobSpec spec = TestJob.create().spec();
        return new JobSubmitter(cluster.as(user), new PocketTrainerFactory(), directory)
                .submit(JobSpec.newBuilder(spec).setName("never").build());
    }

    @Test
    void shouldFindWhatEachRoleLacks() {
        assertThat(failures("admin", Role.AGGREGATOR)).isEmpty();
        assertThat(failures("admin", Role.OPERATOR)).isEmpty();
        assertThat(failures("admin", Role.TRAINER)).isEmpty();
        assertThat(failures("site", Role.TRAINER)).hasSize(2).allSatisfy(line -> assertThat(line)
                .contains("User:site may not WRITE"));
        assertThat(failures("agg", Role.AGGREGATOR))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("CREATE"))
                .anySatisfy(line -> assertThat(line).contains("transactional id"));
        assertThat(failures("nobody", Role.TRAINER)).isNotEmpty();
    }

    /** As {@code rondo topics --plan} has it: an administrator creates the topics of all rounds. */
    @Test
    void shouldNotAskForTheRightToCreateTopicsThatExist() throws Exception {
        String name = "planned";
        TestJob job = TestJob.create().with(spec -> spec.setName(name).setRounds(3));
        JobTopics topics = new JobTopics(name, TestJob.PARTITIONS, 1);
        try (JobDriver driver = JobDriver.submit(cluster.as("admin"), job);
                Admin client = cluster.as("admin").admin()) {
            assertThat(driver.submitted().getSpec().getRounds()).isEqualTo(3);
            client.createAcls(Stream.of(READ, WRITE, DESCRIBE_CONFIGS)
                            .map(operation -> allow("agg", ResourceType.TOPIC, topics.prefix(), operation))
                            .toList())
                    .all()
                    .get();

            assertThat(rights("agg", Role.OPERATOR, name))
                    .anySatisfy(line -> assertThat(line).contains("may not CREATE topics, and need not"));
            assertThat(rights("agg", Role.AGGREGATOR, name)).anySatisfy(line -> assertThat(line)
                    .startsWith("FAIL")
                    .contains(topics.round(1).name() + " does not exist", "rondo topics --plan"));

            cluster.as("admin")
                    .topicCreator(client)
                    .ensure(List.of(topics.round(1), topics.round(2), topics.round(3)), 0);

            assertThat(rights("agg", Role.AGGREGATOR, name))
                    .anySatisfy(line -> assertThat(line).contains("may not CREATE topics, and need not"));
        }
    }

    private static List<String> rights(String user, Role role, String job) {
        return new ClusterCheck(cluster.as(user), role, Optional.of(job))
                .run().stream()
                        .map(Finding::line)
                        .filter(line -> line.contains("CREATE"))
                        .toList();
    }

    private static List<String> failures(String user, Role role) {
        return new ClusterCheck(cluster.as(user), role, Optional.of(JOB))
                .run().stream()
                        .filter(finding -> finding.state() == Finding.State.FAIL)
                        .map(Finding::line)
                        .toList();
    }

    private static void assertRefused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BROKER_REFUSED, RondoException::code)
                .satisfies(refusal ->
                        assertThat(refusal.getMessage()).contains(words).doesNotContain("marked-7"));
    }

    private static AclBinding allow(String user, ResourceType resource, String prefix, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(resource, prefix, PatternType.PREFIXED),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }
}
