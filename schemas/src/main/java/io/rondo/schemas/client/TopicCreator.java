package io.rondo.schemas.client;

import io.rondo.schemas.client.ClientFailures.Attempt;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates missing topics, and checks existing ones: their partitions, and every setting that rounds, history and
 * verification depend on. Safe to run from several processes at once.
 */
public final class TopicCreator {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCreator.class);
    private static final long TIMEOUT_SECONDS = 30;
    private static final long PAUSE_MS = 5;
    private static final String COMPRESSION = "compression.type";

    private final LogConnection connection;
    private final Admin admin;

    /** @param admin the caller closes it */
    TopicCreator(LogConnection connection, Admin admin) {
        this.connection = connection;
        this.admin = admin;
    }

    /** {@link #ensure(Collection, int)} without a known chunk size. */
    public void ensure(Collection<Topic> topics) {
        ensure(topics, 0);
    }

    /**
     * Creates the missing topics. All checks run before the first topic is created; if creating one fails, the new ones are
     * deleted again.
     *
     * @param chunkBytes bytes of the values of the job's chunks, 0 if not known
     * @throws RondoException with {@link ErrorCode#TOPIC_MISMATCH} when a topic has other partitions or settings than the job
     *     needs, or would get them, {@link ErrorCode#BROKER_REFUSED} when the broker does not allow it, {@link
     *     ErrorCode#BROKER_UNREACHABLE} when it does not answer
     */
    public void ensure(Collection<Topic> topics, int chunkBytes) {
        List<Topic> missing = check(topics, chunkBytes);
        if (!missing.isEmpty()) {
            checkNew(missing, chunkBytes);
            create(missing);
        }
        letBrokersExpand(
                topics.stream().filter(topic -> !missing.contains(topic)).toList());
        awaitLeaders(topics);
    }

    /**
     * Checks the existing topics.
     *
     * @return the missing topics
     * @throws RondoException as {@link #ensure} does
     */
    public List<Topic> check(Collection<Topic> topics, int chunkBytes) {
        List<Topic> missing = new ArrayList<>();
        Map<Topic, TopicDescription> present = new HashMap<>();
        Map<String, KafkaFuture<TopicDescription>> described =
                admin.describeTopics(topics.stream().map(Topic::name).toList()).topicNameValues();
        for (Topic topic : topics) {
            await(described.get(topic.name()), Attempt.describe(topic.name()), UnknownTopicOrPartitionException.class)
                    .ifPresentOrElse(found -> present.put(topic, found), () -> missing.add(topic));
        }
        List<String> faults = new ArrayList<>();
        present.forEach((topic, found) -> {
            if (found.partitions().size() != topic.partitions()) {
                faults.add("topic " + topic.name() + " has "
                        + found.partitions().size() + " partitions, not " + topic.partitions());
            }
        });
        requireNone(faults, "set the job's partitions to those of its topics, or choose another job name");
        Map<String, Map<String, String>> settings = settings(present.keySet());
        if (settings.size() < present.size()) {
            LOG.warn(
                    "{} may not DESCRIBE_CONFIGS all topics of the job: their settings are not checked",
                    connection.principal());
        }
        present.forEach(
                (topic, found) -> TopicSettings.faults(topic, settings.getOrDefault(topic.name(), Map.of()), chunkBytes)
                        .forEach(fault -> faults.add("topic " + topic.name() + " has " + fault)));
        requireNone(
                faults,
                "alter the topic, as in: kafka-configs.sh --bootstrap-server … --alter --entity-type topics"
                        + " --entity-name TOPIC --add-config KEY=VALUE; or set the job's chunk-bytes lower, or choose"
                        + " another job name");
        return missing;
    }

    /** The failure for missing topics of a submitted job. */
    public static RondoException incomplete(List<Topic> missing) {
        return new RondoException(
                ErrorCode.LOG_INCOMPLETE,
                "topics of the job are not there: "
                        + missing.stream().map(Topic::name).collect(Collectors.joining(", ")),
                "submit the job again with the same settings to complete it, or restore it from an archive");
    }

    /**
     * The largest record batch that a topic accepts, if this user may describe its configuration.
     *
     * @param topic the name of an existing topic
     */
    public OptionalInt largestBatch(String topic) {
        ConfigResource resource = resource(topic);
        return ifAllowed(admin.describeConfigs(List.of(resource)).values().get(resource))
                .map(config -> config.get(TopicSettings.MAX_MESSAGE_BYTES))
                .map(most -> OptionalInt.of(Integer.parseInt(most.value())))
                .orElse(OptionalInt.empty());
    }

    /**
     * Refuses a job whose topics would have fewer replicas than the required in-sync replicas.
     *
     * @param topic one of the job's topics; the others have the same replication
     * @throws RondoException with {@link ErrorCode#TOPIC_MISMATCH}, or as {@link #ensure} does
     */
    public void requireReplicas(Topic topic) {
        if (check(List.of(topic), 0).isEmpty()) {
            return;
        }
        CreateTopicsResult planned = planned(List.of(topic));
        Optional<Config> config = config(planned, topic);
        Optional<Integer> replicas = ifAllowed(planned.replicationFactor(topic.name()));
        if (config.isPresent() && replicas.isPresent()) {
            requireNone(
                    TopicSettings.replicaFault(asMap(config.get()), replicas.get()).stream()
                            .map(fault -> "topic " + topic.name() + " would have " + fault)
                            .toList(),
                    "set the job's replication to at least the brokers' min.insync.replicas; nothing was created");
        }
    }

    /**
     * Refuses topics that accept only records of a broker's default size, for a job whose records may be larger.
     *
     * @param topics those that do not exist yet are passed over
     * @throws RondoException with {@link ErrorCode#TOPIC_MISMATCH}
     */
    public void requireLargeRecords(Collection<Topic> topics) {
        List<String> faults = new ArrayList<>();
        for (Topic topic : topics) {
            largestBatch(topic.name()).ifPresent(most -> TopicSettings.recordFault(most)
                    .ifPresent(fault -> faults.add("topic " + topic.name() + " has " + fault)));
        }
        requireNone(
                faults,
                "alter the topics, as in: kafka-configs.sh --bootstrap-server … --alter --entity-type topics"
                        + " --entity-name TOPIC --add-config " + TopicSettings.MAX_MESSAGE_BYTES + '='
                        + JobTopics.LARGE_RECORD_BYTES + "; or lower the job's max-trainers");
    }

    /** Warns of {@link #oneReplica}. */
    public void warnOfOneReplica(String topic) {
        oneReplica(topic).ifPresent(LOG::warn);
    }

    /** The warning for a topic with one replica although there are more brokers: if its broker is lost, so is the job's log. */
    public Optional<String> oneReplica(String topic) {
        int brokers =
                ifAllowed(admin.describeCluster().nodes()).map(Collection::size).orElse(1);
        int replicas = ifAllowed(
                        admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
                .map(found -> found.partitions().get(0).replicas().size())
                .orElse(brokers);
        return replicas == 1 && brokers > 1
                ? Optional.of("the job's topics have one replica, and there are " + brokers
                        + " brokers: the log is lost with one of them; set the job's replication to 3, or the brokers'"
                        + " default.replication.factor")
                : Optional.empty();
    }

    /**
     * Checks with the broker, without creating anything, whether this user may create the missing topics and which settings
     * they would have.
     *
     * @throws RondoException as {@link #ensure} does
     */
    public void plan(Collection<Topic> topics) {
        checkNew(List.copyOf(topics), 0);
    }

    /** Has the broker validate the creation without executing it: missing permissions and unsuitable settings are refused. */
    private void checkNew(List<Topic> missing, int chunkBytes) {
        CreateTopicsResult planned = planned(missing);
        List<String> faults = new ArrayList<>();
        for (Topic topic : missing) {
            config(planned, topic).ifPresent(config -> TopicSettings.faults(topic, asMap(config), chunkBytes)
                    .forEach(fault -> faults.add("topic " + topic.name() + " would have " + fault)));
        }
        requireNone(
                faults,
                "set the job's replication or chunk-bytes to fit the brokers, or change the brokers' default for"
                        + " topics; nothing was created");
    }

    private CreateTopicsResult planned(List<Topic> topics) {
        return admin.createTopics(
                topics.stream().map(TopicCreator::asNew).toList(), new CreateTopicsOptions().validateOnly(true));
    }

    /** The settings that a planned topic would have, if this user may describe them; fails if creating it is not permitted. */
    private Optional<Config> config(CreateTopicsResult planned, Topic topic) {
        await(planned.values().get(topic.name()), Attempt.create(topic.name()), TopicExistsException.class);
        return ifAllowed(planned.config(topic.name()));
    }

    private void create(List<Topic> missing) {
        Map<String, KafkaFuture<Void>> created = admin.createTopics(
                        missing.stream().map(TopicCreator::asNew).toList())
                .values();
        try {
            for (Topic topic : missing) {
                await(created.get(topic.name()), Attempt.create(topic.name()), TopicExistsException.class);
            }
        } catch (RondoException e) {
            List<Topic> made = missing.stream()
                    .filter(topic -> created.get(topic.name()).isDone()
                            && !created.get(topic.name()).isCompletedExceptionally())
                    .toList();
            TopicRemover.remove(admin, made);
            throw e;
        }
    }

    /** The settings of topics, by topic; none for those that this user may not describe. */
    private Map<String, Map<String, String>> settings(Collection<Topic> topics) {
        Map<ConfigResource, KafkaFuture<Config>> described = admin.describeConfigs(
                        topics.stream().map(topic -> resource(topic.name())).toList())
                .values();
        Map<String, Map<String, String>> found = new HashMap<>();
        described.forEach(
                (resource, config) -> ifAllowed(config).ifPresent(known -> found.put(resource.name(), asMap(known))));
        return found;
    }

    /** Topics created elsewhere or by an older version accept batches that decompress to any size, until this is configured. */
    private void letBrokersExpand(List<Topic> topics) {
        Map<String, Map<String, String>> settings = topics.isEmpty() ? Map.of() : settings(topics);
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (Topic topic : topics) {
            String wanted = topic.configs().get(COMPRESSION);
            String found = settings.getOrDefault(topic.name(), Map.of()).get(COMPRESSION);
            if (wanted != null && found != null && !found.equals(wanted)) {
                changes.put(
                        resource(topic.name()),
                        List.of(new AlterConfigOp(new ConfigEntry(COMPRESSION, wanted), AlterConfigOp.OpType.SET)));
            }
        }
        if (!changes.isEmpty()) {
            admin.incrementalAlterConfigs(changes).values().forEach((resource, done) -> {
                if (ifAllowed(done.thenApply(nothing -> true)).isEmpty()) {
                    LOG.warn(
                            "{} may not ALTER_CONFIGS {}: set {}=uncompressed there, or one record may expand to more"
                                    + " than this process can hold",
                            connection.principal(),
                            resource.name(),
                            COMPRESSION);
                }
            });
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static Map<String, String> asMap(Config config) {
        return config.entries().stream()
                .filter(entry -> entry.value() != null)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }

    private static void requireNone(List<String> faults, String nextStep) {
        if (!faults.isEmpty()) {
            throw new RondoException(ErrorCode.TOPIC_MISMATCH, String.join("; ", faults), nextStep);
        }
    }

    /**
     * A broker announces a partition a moment before it accepts records for it. If a producer has several requests in
     * flight, the first may fail and the second succeed, which the broker takes as the start of the sequence. The first is
     * then retried in vain until it expires, minutes later (KAFKA-15591). A leader that returns its partition's end offset
     * accepts records.
     */
    private void awaitLeaders(Collection<Topic> topics) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (Topic topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!ends.isEmpty()) {
            ListOffsetsResult found = admin.listOffsets(ends);
            ends.keySet().removeIf(partition -> await(
                            found.partitionResult(partition),
                            Attempt.describe(partition.topic()),
                            UnknownTopicOrPartitionException.class)
                    .isPresent());
            if (!ends.isEmpty()) {
                pause(ends.keySet(), giveUp);
            }
        }
    }

    private static void pause(Collection<TopicPartition> missing, long giveUp) {
        if (System.nanoTime() > giveUp) {
            throw new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "no broker took records for " + missing + " within " + TIMEOUT_SECONDS + " s of their creation",
                    "check that all brokers run");
        }
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static NewTopic asNew(Topic topic) {
        Optional<Short> replication = topic.replication() < 0 ? Optional.empty() : Optional.of(topic.replication());
        return new NewTopic(topic.name(), Optional.of(topic.partitions()), replication)
                .configs(new HashMap<>(topic.configs()));
    }

    /** The value; empty if this user may not read it, or the broker is too old to return it. */
    private <T> Optional<T> ifAllowed(KafkaFuture<T> future) {
        return connection
                .failures()
                .awaitUnless(
                        future,
                        new Attempt("learn a topic's settings", "DESCRIBE_CONFIGS", "the topic"),
                        failure -> failure instanceof AuthorizationException
                                || failure instanceof UnknownTopicOrPartitionException
                                || failure instanceof TopicExistsException
                                || failure instanceof UnsupportedVersionException);
    }

    /** The value, or empty if the failure is the expected one. */
    private <T> Optional<T> await(KafkaFuture<T> future, Attempt attempt, Class<? extends Exception> expected) {
        return connection.failures().awaitUnless(future, attempt, expected::isInstance);
    }
}
