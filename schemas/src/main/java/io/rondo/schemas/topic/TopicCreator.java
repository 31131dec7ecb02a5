package io.rondo.schemas.topic;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics that are missing. Safe to run from several processes at once. */
public final class TopicCreator {
    private static final long TIMEOUT_SECONDS = 30;
    private static final long PAUSE_MS = 5;

    private final Admin admin;

    public TopicCreator(Admin admin) {
        this.admin = admin;
    }

    /**
     * Creates what is missing, and checks the partitions of what is there.
     *
     * @throws RondoException with {@link ErrorCode#TOPIC_MISMATCH} when a topic has another number of partitions,
     *     {@link ErrorCode#BROKER_REFUSED} when the broker does not allow it, {@link ErrorCode#BROKER_UNREACHABLE} when it
     *     does not answer
     */
    public void ensure(Collection<Topic> topics) {
        List<Topic> missing = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> described =
                admin.describeTopics(topics.stream().map(Topic::name).toList()).topicNameValues();
        for (Topic topic : topics) {
            partitions(described.get(topic.name()))
                    .ifPresentOrElse(count -> check(topic, count), () -> missing.add(topic));
        }
        Map<String, KafkaFuture<Void>> created = admin.createTopics(
                        missing.stream().map(TopicCreator::asNew).toList())
                .values();
        for (Topic topic : missing) {
            await(created.get(topic.name()), TopicExistsException.class);
        }
        awaitLeaders(topics);
    }

    /**
     * A broker tells of a partition a moment before it takes records for it. A producer that has several requests on their way
     * then loses the first and not the second, which the broker takes for the beginning: the first is sent in vain until it
     * expires, minutes later (KAFKA-15591). A leader that tells where its partition ends takes records.
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
                            found.partitionResult(partition), UnknownTopicOrPartitionException.class)
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
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    private static Optional<Integer> partitions(KafkaFuture<TopicDescription> description) {
        return await(description, UnknownTopicOrPartitionException.class)
                .map(found -> found.partitions().size());
    }

    private static void check(Topic topic, int partitions) {
        if (partitions != topic.partitions()) {
            throw new RondoException(
                    ErrorCode.TOPIC_MISMATCH,
                    "topic " + topic.name() + " has " + partitions + " partitions, not " + topic.partitions(),
                    "set the job's partitions to " + partitions + ", or choose another job name");
        }
    }

    private static NewTopic asNew(Topic topic) {
        Optional<Short> replication = topic.replication() < 0 ? Optional.empty() : Optional.of(topic.replication());
        return new NewTopic(topic.name(), Optional.of(topic.partitions()), replication)
                .configs(new HashMap<>(topic.configs()));
    }

    /** The value, or empty where the failure is the expected one. */
    private static <T> Optional<T> await(KafkaFuture<T> future, Class<? extends Exception> expected) {
        try {
            return Optional.ofNullable(future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (expected.isInstance(e.getCause())) {
                return Optional.empty();
            }
            throw new RondoException(
                    e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException
                            ? ErrorCode.BROKER_UNREACHABLE
                            : ErrorCode.BROKER_REFUSED,
                    "the broker did not describe or create a topic: "
                            + e.getCause().getMessage(),
                    "check the broker and the rights of this user",
                    e.getCause());
        } catch (TimeoutException e) {
            throw new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "the broker did not answer within " + TIMEOUT_SECONDS + " s",
                    "check --bootstrap-servers and that the broker runs",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }
}
