package io.rondo.aggregator.live;

import io.rondo.aggregator.TestJob;
import io.rondo.log.JobSubmitted;
import io.rondo.log.OffsetRange;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** Plays the submitter and the trainers of a {@link TestJob} on a real cluster. Belongs to one thread. */
public final class JobDriver implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final LogConnection connection;
    private final TestJob job;
    private final JobTopics topics;
    private final RecordCodec codec;
    private final KafkaProducer<byte[], byte[]> producer;
    private final LogReader rounds;
    private final List<SpecificRecord> followed = new ArrayList<>();

    private JobDriver(LogConnection connection, TestJob job, JobTopics topics) {
        this.connection = connection;
        this.job = job;
        this.topics = topics;
        this.codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
        this.producer = new KafkaProducer<>(connection.writerConfig());
        this.rounds = LogReader.open(
                connection, Map.of(new TopicPartition(topics.rounds().name(), 0), 0L));
    }

    /** Creates the job's topics, registers its schemas, submits it and uploads round 0. */
    public static JobDriver submit(LogConnection connection, TestJob job) {
        JobDriver driver = create(connection, job);
        driver.send(driver.topics.commands(), job.submitted());
        driver.upload(Identifiers.SUBMITTER, "", 0, UnaryOperator.identity());
        return driver;
    }

    /** Creates the job's topics and registers its schemas. */
    public static JobDriver create(LogConnection connection, TestJob job) {
        JobTopics topics = new JobTopics(
                job.spec().getName(), job.spec().getPartitions(), job.spec().getReplication());
        List<Topic> all = topics.withRounds(0);
        try (Admin admin = connection.admin()) {
            connection.topicCreator(admin).ensure(all);
        }
        connection.registrar().register(all);
        return new JobDriver(connection, job, topics);
    }

    /** Goes on with a job that this cluster has. */
    public static JobDriver attach(LogConnection connection, TestJob job) {
        return new JobDriver(
                connection,
                job,
                new JobTopics(
                        job.spec().getName(),
                        job.spec().getPartitions(),
                        job.spec().getReplication()));
    }

    public JobSubmitted submitted() {
        return job.submitted();
    }

    public void join(String trainer) {
        join(trainer, "i-" + trainer);
    }

    public void join(String trainer, String incarnation) {
        send(topics.manifests(), job.joined(trainer, incarnation));
    }

    public void update(String trainer, int round) {
        update(trainer, round, UnaryOperator.identity());
    }

    /** @param inTheLog changes chunks between the manifest's digests and the log */
    public void update(String trainer, int round, UnaryOperator<TensorChunk> inTheLog) {
        upload(trainer, "i-" + trainer, round, inTheLog);
    }

    public void upload(String trainer, String incarnation, int round, UnaryOperator<TensorChunk> inTheLog) {
        send(topics.manifests(), uploadChunks(trainer, incarnation, round, inTheLog));
    }

    /** Uploads chunks, and returns the manifest that would commit them. */
    public UpdateManifest uploadChunks(
            String trainer, String incarnation, int round, UnaryOperator<TensorChunk> inTheLog) {
        String attempt = java.util.UUID.randomUUID().toString();
        List<TensorChunk> chunks = job.chunks(trainer, attempt, round, job.values(trainer, round));
        Topic topic = topics.round(round);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (TensorChunk chunk : chunks) {
            byte[] value = codec.encode(topic.name(), inTheLog.apply(chunk));
            int partition = chunk.getOrdinal() % topic.partitions();
            sent.add(producer.send(new ProducerRecord<>(topic.name(), partition, null, value)));
        }
        Map<Integer, OffsetRange> ranges = new TreeMap<>();
        for (Future<RecordMetadata> future : sent) {
            RecordMetadata at = await(future);
            ranges.merge(
                    at.partition(),
                    new OffsetRange(at.partition(), at.offset(), at.offset()),
                    (a, b) -> new OffsetRange(
                            a.getPartition(),
                            Math.min(a.getFirst(), b.getFirst()),
                            Math.max(a.getLast(), b.getLast())));
        }
        return UpdateManifest.newBuilder(job.manifest(trainer, incarnation, round, chunks, 0))
                .setRanges(List.copyOf(ranges.values()))
                .build();
    }

    public void send(Topic topic, SpecificRecord record) {
        sendBytes(topic, codec.encode(topic.name(), record));
    }

    public void sendBytes(Topic topic, byte[] value) {
        await(producer.send(new ProducerRecord<>(topic.name(), 0, null, value)));
    }

    /** Follows rounds until a record fits. */
    public <T extends SpecificRecord> T await(Class<T> type, Predicate<T> fits) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        int from = 0;
        while (System.nanoTime() < giveUp) {
            for (; from < followed.size(); from++) {
                if (type.isInstance(followed.get(from)) && fits.test(type.cast(followed.get(from)))) {
                    return type.cast(followed.get(from));
                }
            }
            rounds.poll(Duration.ofMillis(50))
                    .forEach(record ->
                            followed.add(codec.require(record.topic(), record.value(), SpecificRecord.class)));
        }
        throw new AssertionError("no such " + type.getSimpleName() + " on rounds within " + PATIENCE + ": " + followed);
    }

    public RoundPublished awaitPublished(int round) {
        return await(RoundPublished.class, published -> published.getRound() == round);
    }

    /** All committed records of a topic's partition. */
    public List<SpecificRecord> readAll(Topic topic, int partition) {
        List<SpecificRecord> all = new ArrayList<>();
        try (LogReader reader = LogReader.open(connection, Map.of(new TopicPartition(topic.name(), partition), 0L))) {
            reader.readToEnd(record -> all.add(codec.require(topic.name(), record.value(), SpecificRecord.class)));
        }
        return all;
    }

    public JobTopics topics() {
        return topics;
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        rounds.close();
        producer.close(Duration.ZERO);
        codec.close();
    }
}
