package io.rondo.aggregator.log;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** A job's log on a cluster. */
public final class KafkaJobLog implements JobLog {
    private final LogConnection connection;
    private final JobTopics topics;
    private final RecordCodec codec;
    private final Admin admin;
    private final ScannedHistory history;
    private volatile Set<Integer> rounds;
    private volatile Map<TopicPartition, Long> settled = Map.of();

    private KafkaJobLog(LogConnection connection, JobTopics topics, Admin admin, Set<String> present) {
        this.connection = connection;
        this.admin = admin;
        this.topics = topics;
        this.codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
        this.history = new ScannedHistory(connection, admin);
        this.rounds = rounds(present);
    }

    private Set<Integer> rounds(Set<String> present) {
        return present.stream()
                .map(topics::roundOf)
                .filter(OptionalInt::isPresent)
                .map(OptionalInt::getAsInt)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The log of a job.
     *
     * @throws RondoException with {@link ErrorCode#JOB_NOT_FOUND} when there is no such job, {@link
     *     ErrorCode#LOG_INCOMPLETE} when one of its topics is gone
     */
    public static KafkaJobLog open(LogConnection connection, String job) {
        return open(connection, job, Optional.empty());
    }

    /**
     * The log of a job or of a branch of it.
     *
     * @throws RondoException as {@link #open(LogConnection, String)} does
     */
    public static KafkaJobLog open(LogConnection connection, String job, Optional<String> branch) {
        Admin admin = connection.admin();
        try {
            JobTopics ofJob = Jobs.topics(connection, admin, job);
            JobTopics topics = branch.map(ofJob::branch).orElse(ofJob);
            Set<String> present = names(admin);
            if (branch.isPresent() && !present.contains(topics.decisions().name())) {
                throw new RondoException(
                        ErrorCode.JOB_NOT_FOUND,
                        "job '" + job + "' has no branch '" + branch.get() + "'",
                        "make one by `rondo replay --branch " + branch.get() + "`");
            }
            requireAll(topics, present);
            return new KafkaJobLog(connection, topics, admin, present);
        } catch (RuntimeException | Error e) {
            admin.close();
            throw e;
        }
    }

    private static void requireAll(JobTopics topics, Set<String> present) {
        List<String> missing = topics.fixed().stream()
                .map(Topic::name)
                .filter(name -> !present.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new RondoException(
                    ErrorCode.LOG_INCOMPLETE,
                    "the log of job '" + topics.job() + "' lacks " + String.join(", ", missing),
                    "keep the topics: updates are in the round topics, adapters in "
                            + topics.globalAdapter().name() + "; restore the topic from a copy");
        }
    }

    public static Set<String> names(Admin admin) {
        try {
            return Set.copyOf(admin.listTopics().names().get());
        } catch (ExecutionException e) {
            throw new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "the topics cannot be listed: " + e.getCause().getMessage(),
                    "check the broker and the rights of this user",
                    e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public JobTopics topics() {
        return topics;
    }

    @Override
    public RecordCodec codec() {
        return codec;
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public Set<Integer> rounds() {
        return rounds;
    }

    @Override
    public boolean settle() {
        List<TopicPartition> partitions = topics.fixed().stream()
                .flatMap(topic -> IntStream.range(0, topic.partitions())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                .toList();
        Optional<Map<TopicPartition, Long>> ends = new QuietEnds(
                        () -> LogReader.ends(connection, admin, partitions, IsolationLevel.READ_COMMITTED),
                        () -> LogReader.ends(connection, admin, partitions, IsolationLevel.READ_UNCOMMITTED))
                .find();
        ends.ifPresent(found -> {
            settled = found;
            history.endAt(found);
        });
        // a round's topic exists before the round opens
        rounds = rounds(names(admin));
        return ends.isPresent();
    }

    /** The ends of the partitions at the moment that {@link #settle} found; empty before the call, or if it found none. */
    public Map<TopicPartition, Long> settled() {
        return settled;
    }

    @Override
    public ChunkSource chunks(int partition, List<Integer> rounds) {
        return new RoundStream(connection, topics, codec, partition, rounds);
    }

    @Override
    public LogCursor cursor(Topic topic, int partition, long from) {
        return new KafkaCursor(connection, admin, new TopicPartition(topic.name(), partition), from);
    }

    @Override
    public void close() {
        try (admin;
                codec) {
            history.close();
        }
    }
}
