package io.rondo.bench;

import io.rondo.inspect.scan.Futures;
import io.rondo.log.RoundOpened;
import io.rondo.log.TrainerJoined;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.trainer.runtime.FederatedJob;
import io.rondo.trainer.runtime.upload.SendFailures;
import io.rondo.trainer.runtime.upload.UpdateHeader;
import io.rondo.trainer.runtime.upload.UpdateUploader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Trainers without a model, which answer each round with random values that were made before. They upload as real ones do, up
 * to 16 at a time, each of these with a producer of its own. Used by one thread.
 */
final class LightTrainers implements AutoCloseable {
    private static final int MOST_SENDERS = 16;
    /** Values are random, but not fresh for each update: to make them would count as part of the upload. */
    private static final long MOST_VALUE_BYTES = 64L << 20;

    private static final long EXAMPLES = 100;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final FederatedJob job;
    private final BenchKeys keys;
    private final RecordCodec codec;
    private final FlatLayout flat;
    private final List<String> ids;
    private final List<float[]> values;
    private final List<Sender> senders;
    private final ExecutorService threads;

    /** One trainer at a time, on one thread. */
    private final class Sender {
        private final Producer<byte[], byte[]> producer;
        private final UpdateUploader uploader;
        private RoundOpened answered;

        Sender(LogConnection connection) {
            Map<String, Object> config = new HashMap<>(connection.writerConfig());
            config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 16L << 20);
            producer = connection.producer(config);
            uploader = new UpdateUploader(
                    producer, codec, job.topics(), SendFailures.plain(), manifest -> keys.sign(manifest, answered));
        }

        void upload(int trainer, RoundOpened round) {
            answered = round;
            UpdateHeader header = new UpdateHeader(
                    job.uuid(),
                    round.getRound(),
                    round.getBaseRound(),
                    ids.get(trainer),
                    incarnation(ids.get(trainer)),
                    UUID.randomUUID().toString(),
                    EXAMPLES + trainer,
                    job.dtype(round.getRound()),
                    Map.of());
            uploader.upload(header, flat, values.get((trainer + round.getRound()) % values.size()));
        }
    }

    LightTrainers(LogConnection connection, FederatedJob job, int trainers, BenchKeys keys) {
        this.keys = keys;
        this.job = job;
        this.codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
        this.flat = job.flat(1);
        this.ids = ids(trainers);
        this.values = makeValues(flat.elements(), trainers);
        this.senders = IntStream.range(0, Math.min(trainers, MOST_SENDERS))
                .mapToObj(sender -> new Sender(connection))
                .toList();
        this.threads = Executors.newFixedThreadPool(senders.size());
    }

    static List<String> ids(int trainers) {
        return IntStream.range(0, trainers).mapToObj("t-%04d"::formatted).toList();
    }

    private static List<float[]> makeValues(int elements, int trainers) {
        long fit = Math.max(1, MOST_VALUE_BYTES / ((long) elements * Float.BYTES));
        SplittableRandom random = new SplittableRandom(1);
        List<float[]> made = new ArrayList<>();
        for (int i = 0; i < Math.min(fit, trainers); i++) {
            float[] vector = new float[elements];
            for (int element = 0; element < elements; element++) {
                vector[element] = (float) (random.nextDouble() - 0.5);
            }
            made.add(vector);
        }
        return made;
    }

    /** All of them join the job. */
    void join() {
        String manifests = job.topics().manifests().name();
        Producer<byte[], byte[]> producer = senders.get(0).producer;
        Futures.await(ids.stream()
                .map(id -> producer.send(new ProducerRecord<>(
                        manifests,
                        0,
                        null,
                        codec.encode(
                                manifests,
                                keys.sign(TrainerJoined.newBuilder()
                                        .setJobUuid(job.uuid())
                                        .setTrainer(id)
                                        .setIncarnation(incarnation(id))
                                        .setLayoutDigest(job.layout().digest())
                                        .setNumExamples(EXAMPLES)
                                        .setSoftware("rondo bench")
                                        .build())))))
                .toList());
    }

    private static String incarnation(String id) {
        return "i-" + id;
    }

    /** All of them answer a round; each part of the result ends when its last manifest is acknowledged. */
    List<Future<Long>> answer(RoundOpened round) {
        List<Future<Long>> parts = new ArrayList<>();
        for (int part = 0; part < senders.size(); part++) {
            int first = part;
            parts.add(threads.submit(() -> {
                for (int trainer = first; trainer < ids.size(); trainer += senders.size()) {
                    senders.get(first).upload(trainer, round);
                }
                return System.nanoTime();
            }));
        }
        return parts;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        senders.forEach(sender -> sender.producer.close(CLOSE));
        codec.close();
    }
}
