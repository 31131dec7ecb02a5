package io.rondo.e2e;

import io.rondo.aggregator.TestJob;
import io.rondo.log.EvaluationReported;
import io.rondo.log.OffsetRange;
import io.rondo.log.PauseRequested;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Writes, to the topics that a trainer may write to, what no trainer should. All of it follows from the seed but for what the
 * broker's clock adds. Belongs to one thread.
 */
final class HostileTrainer implements AutoCloseable {
    static final String ID = "mallory";

    private static final String INCARNATION = "i-" + ID;
    private static final int LONGEST_NOISE = 4_096;
    /** As much as a broker takes in one record, with its envelope. */
    private static final int LARGEST = 1_000_000;

    private final LogConnection connection;
    private final TestJob job;
    private final JobTopics topics;
    private final SplittableRandom random;
    private final RecordCodec codec;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    HostileTrainer(LogConnection connection, TestJob job, JobTopics topics, long seed) {
        this.connection = connection;
        this.job = job;
        this.topics = topics;
        this.random = new SplittableRandom(seed);
        this.codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
        this.producer = new KafkaProducer<>(connection.writerConfig());
    }

    /** Becomes one of the cohort, so that it is not refused at the door. */
    void join() {
        send(topics.manifests(), job.joined(ID, INCARNATION));
    }

    /** Random bytes, empty and missing values. */
    void noise(Topic topic, int records) {
        for (int i = 0; i < records; i++) {
            sendBytes(topic, random.nextInt(20) == 0 ? null : bytes(random.nextInt(LONGEST_NOISE)));
        }
    }

    /** The wire format's first byte, an id that nobody has registered, and random bytes. */
    void unknownSchemas(Topic topic, int records) {
        for (int i = 0; i < records; i++) {
            byte[] value = bytes(64);
            ByteBuffer.wrap(value).put((byte) 0).putInt(1_000_000 + random.nextInt(1_000_000));
            sendBytes(topic, value);
        }
    }

    /** A manifest of which some bytes are others, so that lengths and counts are what nobody expects. */
    void damaged(int round, int records) {
        byte[] sound = codec.encode(topics.manifests().name(), manifest(round));
        for (int i = 0; i < records; i++) {
            byte[] value = sound.clone();
            for (int byteNumber = 0; byteNumber < 4; byteNumber++) {
                value[5 + random.nextInt(value.length - 5)] = (byte) random.nextInt(256);
            }
            sendBytes(topics.manifests(), value);
        }
    }

    /** A command where no command belongs. */
    void command() {
        send(topics.manifests(), new PauseRequested(TestJob.UUID, "because I can", 0L, null));
    }

    /** A manifest that vouches for chunks that are not there. */
    void manifestWithoutChunks(int round) {
        send(topics.manifests(), manifest(round));
    }

    /** Chunks as large as may be, each of another attempt, for which no manifest comes. */
    void chunksWithoutManifest(int round, int megabytes) {
        for (int i = 0; i < megabytes; i++) {
            byte[] values = bytes(LARGEST);
            send(
                    topics.round(round),
                    new TensorChunk(
                            ID,
                            "attempt-" + i,
                            round,
                            random.nextInt(1_000),
                            0L,
                            LARGEST / Float.BYTES,
                            job.spec().getDtype(),
                            ByteBuffer.wrap(values),
                            Digests.of(values)));
        }
    }

    /** Manifests of one round, each with an attempt of its own. */
    void attempts(int round, int records) {
        UpdateManifest sound = manifest(round);
        for (int i = 0; i < records; i++) {
            send(
                    topics.manifests(),
                    UpdateManifest.newBuilder(sound)
                            .setAttempt("attempt-" + random.nextLong())
                            .build());
        }
    }

    /** Chunks with other values in the name, and under the attempt, of another. */
    void splice(TensorChunk chunk) {
        byte[] values = bytes(chunk.getValues().remaining());
        send(
                topics.round(chunk.getRound()),
                chunk.getOrdinal() % job.spec().getPartitions(),
                TensorChunk.newBuilder(chunk)
                        .setValues(ByteBuffer.wrap(values))
                        .setDigest(Digests.of(values))
                        .build());
    }

    /** Joins with the incarnation of another, and then with one of its own. */
    void evict(String incarnation) {
        send(topics.manifests(), job.joined(ID, incarnation));
        send(topics.manifests(), job.joined(ID, INCARNATION + "-2"));
        send(topics.manifests(), job.joined(ID, INCARNATION + "-3"));
    }

    /** A manifest with the attempt of another, and ranges that never end. */
    void hijack(int round, String attempt) {
        UpdateManifest sound = manifest(round);
        send(
                topics.manifests(),
                UpdateManifest.newBuilder(sound)
                        .setIncarnation(INCARNATION + "-3")
                        .setAttempt(attempt)
                        .setRanges(sound.getRanges().stream()
                                .map(range -> new OffsetRange(range.getPartition(), 0L, Long.MAX_VALUE - 1))
                                .toList())
                        .build());
    }

    /** Evaluations of one round with as many metrics as may be, and names as long as a record may be. */
    void evaluations(int round, int records) {
        for (int i = 0; i < records; i++) {
            Map<String, Double> metrics = new HashMap<>();
            for (int metric = 0; metric < 64; metric++) {
                metrics.put(metric + "x".repeat(i % 2 == 0 ? 20 : LONGEST_NOISE), 0.5);
            }
            send(
                    topics.manifests(),
                    new EvaluationReported(TestJob.UUID, round, ID, INCARNATION + "-3", metrics, null));
        }
    }

    /** Noise on manifests, each record as large as may be. */
    void largeNoise(int megabytes) {
        for (int i = 0; i < megabytes; i++) {
            sendBytes(topics.manifests(), bytes(LARGEST));
        }
    }

    /**
     * Begins a transaction on manifests and leaves it: readers of what is committed see nothing that comes after, until the broker
     * ends it.
     *
     * @return its producer; closing it would end the transaction in order
     */
    KafkaProducer<byte[], byte[]> leaveTransactionOpen(Duration timeout) {
        Map<String, Object> config = new HashMap<>(connection.writerConfig());
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topics.job() + '-' + ID);
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) timeout.toMillis());
        KafkaProducer<byte[], byte[]> transactional = new KafkaProducer<>(config);
        transactional.initTransactions();
        transactional.beginTransaction();
        sent.add(transactional.send(new ProducerRecord<>(topics.manifests().name(), 0, null, bytes(64))));
        transactional.flush();
        return transactional;
    }

    /** Waits until the broker has all of it; it refuses nothing that is asked of it here. */
    void flush() {
        for (Future<RecordMetadata> record : sent) {
            try {
                record.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
        sent.clear();
    }

    private UpdateManifest manifest(int round) {
        List<TensorChunk> chunks = job.chunks(ID, "attempt-" + random.nextLong(), round, job.values(ID, round));
        return job.manifest(ID, INCARNATION, round, chunks, random.nextInt(1_000));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void send(Topic topic, int partition, SpecificRecord record) {
        sent.add(
                producer.send(new ProducerRecord<>(topic.name(), partition, null, codec.encode(topic.name(), record))));
    }

    private void send(Topic topic, SpecificRecord record) {
        sendBytes(topic, codec.encode(topic.name(), record));
    }

    private void sendBytes(Topic topic, byte[] value) {
        sent.add(producer.send(new ProducerRecord<>(topic.name(), random.nextInt(topic.partitions()), null, value)));
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        codec.close();
    }
}
