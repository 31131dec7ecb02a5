package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.KafkaChunkSource;
import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.TopicRemover;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;

/** A branch in separate topics without other writers. If the branch is not completed, they are deleted again. */
public final class KafkaBranchTarget implements BranchTarget {
    private final LogConnection connection;
    private final JobTopics topics;
    private final RecordCodec codec;
    private final List<Topic> all;
    private final Producer<byte[], byte[]> producer;
    private final Map<String, Long> ends = new HashMap<>();
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private boolean isComplete;

    private KafkaBranchTarget(LogConnection connection, JobTopics topics, RecordCodec codec, List<Topic> all) {
        this.connection = connection;
        this.topics = topics;
        this.codec = codec;
        this.all = all;
        this.producer = connection.producer();
    }

    /**
     * Creates the topics of a new branch.
     *
     * @param last the last round of the branch
     * @throws RondoException with {@code BRANCH_EXISTS} when the branch exists, {@code BAD_ID} when the name is not valid
     */
    public static KafkaBranchTarget create(LogConnection connection, JobLog history, String name, int last) {
        JobTopics topics = history.topics().branch(name);
        List<Topic> all = topics.withRounds(last);
        try (Admin admin = connection.admin()) {
            Set<String> present = KafkaJobLog.names(admin);
            if (topics.fixed().stream().map(Topic::name).anyMatch(present::contains)) {
                throw new RondoException(
                        ErrorCode.BRANCH_EXISTS,
                        "job '" + topics.job() + "' has a branch '" + name + "' already",
                        "give another --branch");
            }
            try {
                connection.topicCreator(admin).ensure(all);
                return new KafkaBranchTarget(connection, topics, history.codec(), all);
            } catch (RuntimeException | Error e) {
                TopicRemover.remove(admin, all);
                throw e;
            }
        }
    }

    @Override
    public JobTopics topics() {
        return topics;
    }

    /** Offsets are counted here: the topics are new and have no other writer. */
    @Override
    public long append(Topic topic, int partition, byte[] key, byte[] value, long timestamp) {
        sent.add(producer.send(new ProducerRecord<>(topic.name(), partition, timestamp, key, value)));
        return ends.merge(topic.name() + '-' + partition, 1L, Long::sum) - 1;
    }

    @Override
    public List<UpdateManifest> take(int round, List<UpdateManifest> updates, List<ChunkSource> chunks) {
        List<UpdateManifest> here = new ChunkCopy(this, codec).copy(topics.round(round), updates, chunks);
        flush();
        return here;
    }

    @Override
    public ChunkSource chunks(int partition) {
        return new KafkaChunkSource(connection, topics, codec);
    }

    /** Waits until all sent records are acknowledged. */
    private void flush() {
        producer.flush();
        for (Future<RecordMetadata> record : sent) {
            try {
                record.get();
            } catch (ExecutionException e) {
                throw new RondoException(
                        ErrorCode.BROKER_REFUSED,
                        "the branch cannot be written: " + e.getCause().getMessage(),
                        "check the brokers, their disks, and the rights of this user",
                        e.getCause());
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
        sent.clear();
    }

    @Override
    public void complete() {
        flush();
        isComplete = true;
    }

    @Override
    public void close() {
        producer.close();
        if (isComplete) {
            return;
        }
        try (Admin admin = connection.admin()) {
            admin.deleteTopics(all.stream().map(Topic::name).toList()).all().get();
        } catch (ExecutionException e) {
            throw new RondoException(
                    ErrorCode.BROKER_REFUSED,
                    "the topics of the branch that failed cannot be deleted: "
                            + e.getCause().getMessage(),
                    "delete the topics whose names begin with " + topics.prefix(),
                    e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
