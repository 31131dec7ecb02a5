package io.rondo.cli.check;

import io.rondo.log.JobSubmitted;
import io.rondo.log.TrainerLeft;
import io.rondo.schemas.client.ClientFailures.Attempt;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.client.TopicCreator;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Checks connection, rights, limits, topics and registry for one role. Creates and writes nothing, with one exception: the
 * permission for transactional ids is checked by opening a producer with an unused id.
 */
public final class ClusterCheck {
    /** The name of a possibly nonexistent job, for validating what its topics would be. */
    private static final String ANY_JOB = "rondo-check";

    private final LogConnection connection;
    private final Role role;
    private final Optional<String> job;
    private final List<Finding> findings = new ArrayList<>();

    /** @param job a job's name; without one, only job-independent checks run */
    public ClusterCheck(LogConnection connection, Role role, Optional<String> job) {
        this.connection = connection;
        this.role = role;
        this.job = job;
    }

    /** The findings, in the order of the checks. */
    public List<Finding> run() {
        guarded("connection", () -> {
            try (Admin admin = connection.admin()) {
                cluster(admin);
                topics(admin);
            }
        });
        guarded("registry", this::registry);
        return List.copyOf(findings);
    }

    private void cluster(Admin admin) {
        DescribeClusterResult cluster =
                admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
        Attempt attempt = new Attempt("describe the cluster", "DESCRIBE", "the cluster");
        Collection<Node> nodes = connection.failures().await(cluster.nodes(), attempt);
        add(Finding.ok(
                "connection",
                nodes.size() + (nodes.size() == 1 ? " broker" : " brokers") + " of cluster "
                        + connection.failures().await(cluster.clusterId(), attempt) + " answer, as "
                        + connection.principal()));
    }

    private void topics(Admin admin) {
        Optional<JobTopics> found = job.flatMap(name -> jobTopics(admin, name));
        if (found.isPresent()) {
            rights(admin, found.get());
            limits(admin, found.get());
        }
        if (role.createsTopics()) {
            guarded("rights", () -> mayCreate(admin, found));
        }
        if (role == Role.AGGREGATOR) {
            guarded("rights", this::transactions);
        }
    }

    private Optional<JobTopics> jobTopics(Admin admin, String name) {
        try {
            return Optional.of(Jobs.topics(connection, admin, name));
        } catch (RondoException e) {
            if (e.code() == ErrorCode.JOB_NOT_FOUND) {
                add(Finding.warn("job", e.getMessage(), e.nextStep()));
            } else {
                add(Finding.fail("rights", e));
            }
            return Optional.empty();
        }
    }

    private void rights(Admin admin, JobTopics topics) {
        Map<Topic, Set<AclOperation>> needs = role.needs(topics);
        Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                        needs.keySet().stream().map(Topic::name).toList(),
                        new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        int before = failures();
        needs.forEach((topic, operations) -> guarded("rights", () -> {
            Optional<TopicDescription> known = describe(described.get(topic.name()), topic.name());
            if (known.isPresent() && known.get().authorizedOperations() != null) {
                EnumSet<AclOperation> missing = EnumSet.copyOf(operations);
                missing.removeAll(known.get().authorizedOperations());
                if (!missing.isEmpty()) {
                    throw new RondoException(
                            ErrorCode.BROKER_REFUSED,
                            connection.principal() + " may not "
                                    + missing.stream().map(Enum::name).collect(Collectors.joining(" and "))
                                    + " topic " + topic.name(),
                            "let an administrator allow it");
                }
            }
        }));
        if (failures() == before) {
            add(Finding.ok("rights", connection.principal() + " has the rights on the topics of job " + topics.job()));
        }
    }

    /** Archived rounds no longer have a topic. */
    private Optional<TopicDescription> describe(KafkaFuture<TopicDescription> description, String topic) {
        return connection
                .failures()
                .awaitUnless(description, Attempt.describe(topic), UnknownTopicOrPartitionException.class::isInstance);
    }

    private void limits(Admin admin, JobTopics topics) {
        guarded("topics", () -> {
            int chunkBytes = submitted(topics)
                    .map(found -> found.getSpec().getChunkBytes())
                    .orElse(0);
            TopicCreator creator = connection.topicCreator(admin);
            Set<Topic> own = role.needs(topics).keySet();
            List<Topic> missing =
                    creator.check(topics.fixed().stream().filter(own::contains).toList(), chunkBytes);
            if (!missing.isEmpty()) {
                throw TopicCreator.incomplete(missing);
            }
            OptionalInt largest = creator.largestBatch(topics.globalAdapter().name());
            add(Finding.ok(
                    "topics",
                    "the topics of job " + topics.job() + " keep everything"
                            + (largest.isPresent()
                                    ? " and take records of " + largest.getAsInt() + " bytes"
                                            + (chunkBytes > 0 ? ", chunks have " + chunkBytes : "")
                                    : ", as far as " + connection.principal() + " may know")));
        });
    }

    private Optional<JobSubmitted> submitted(JobTopics topics) {
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            return Jobs.find(connection, codec, topics.job());
        }
    }

    private void mayCreate(Admin admin, Optional<JobTopics> existing) {
        Topic any = new JobTopics(job.orElse(ANY_JOB), 1, -1).round(999_999);
        try {
            connection.topicCreator(admin).plan(List.of(any));
            add(Finding.ok("rights", connection.principal() + " may CREATE topic " + any.name()));
        } catch (RondoException e) {
            if (e.code() != ErrorCode.BROKER_REFUSED || existing.isEmpty()) {
                throw e;
            }
            requireCreated(admin, existing.get(), e);
        }
    }

    /** Where an administrator has created all topics of a job, nobody else needs the right to. */
    private void requireCreated(Admin admin, JobTopics topics, RondoException refusal) {
        List<Topic> created = new ArrayList<>();
        if (role == Role.OPERATOR) {
            created.addAll(topics.fixed());
            created.add(topics.round(0));
        } else {
            // a job that is not submitted has no number of rounds yet
            int rounds = submitted(topics).orElseThrow(() -> refusal).getSpec().getRounds();
            IntStream.rangeClosed(1, rounds).mapToObj(topics::round).forEach(created::add);
        }
        List<Topic> missing = connection.topicCreator(admin).check(created, 0);
        // the first rounds may be archived; those no longer have a topic
        Optional<Topic> needed = missing.size() == created.size()
                ? Optional.of(missing.get(0))
                : created.stream()
                        .dropWhile(missing::contains)
                        .filter(missing::contains)
                        .findFirst();
        if (needed.isPresent()) {
            throw new RondoException(
                    ErrorCode.BROKER_REFUSED,
                    refusal.getMessage() + " And topic " + needed.get().name() + " does not exist",
                    "let an administrator allow it, or create the topics that `rondo topics --plan` lists");
        }
        add(Finding.ok(
                "rights",
                connection.principal() + " may not CREATE topics, and need not: those of job " + topics.job()
                        + " exist"));
    }

    private void transactions() {
        String id = JobTopics.applicationId(job.orElse(ANY_JOB)) + "-check";
        Map<String, Object> config = new HashMap<>(connection.writerConfig());
        config.put("transactional.id", id);
        config.put("transaction.timeout.ms", 10_000);
        config.put("max.block.ms", 20_000);
        Producer<byte[], byte[]> producer = connection.producer(config);
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            throw connection
                    .failures()
                    .of(new Attempt("open transactions as " + id, "WRITE", "transactional id " + id), e);
        } finally {
            producer.close(Duration.ZERO);
        }
        add(Finding.ok("rights", connection.principal() + " may WRITE transactional id " + id));
    }

    private void registry() {
        JobTopics topics = new JobTopics(job.orElse(ANY_JOB), 1, -1);
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            codec.encode(topics.manifests().name(), new TrainerLeft("", "check", "", "", null));
            add(Finding.ok("registry", "it answers and has the schemas of this version"));
        } catch (RondoException e) {
            if (e.code() != ErrorCode.SCHEMA_UNKNOWN || !role.registersSchemas()) {
                throw e;
            }
            add(Finding.ok("registry", "it answers; the schemas of this version are still to be registered"));
        }
    }

    private int failures() {
        return (int) findings.stream()
                .filter(finding -> finding.state() == Finding.State.FAIL)
                .count();
    }

    private void guarded(String subject, Runnable check) {
        try {
            check.run();
        } catch (RondoException e) {
            add(Finding.fail(subject, e));
        }
    }

    private void add(Finding finding) {
        findings.add(finding);
    }
}
