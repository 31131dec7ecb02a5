package io.rondo.e2e;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.Outbox;
import io.rondo.aggregator.topology.DecisionOutbox;
import io.rondo.log.ChunkDigest;
import io.rondo.log.PartFolded;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Writes the log of a job that has run for many rounds, far faster than it could have run: the rules of rounds decide as they do
 * live, but nobody trains, uploads or folds. What such a log lacks is the chunks of its rounds and of their adapters, and
 * the markers of transactions.
 */
final class MadeRounds implements AutoCloseable {
    /** Some dozen rounds a batch: those of real rounds are smaller, but so many would take the broker hours. */
    private static final int BATCH_BYTES = 16_384;

    private final TestJob job;
    private final List<String> trainers;
    private final JobTopics topics;
    private final RecordCodec codec;
    private final KafkaProducer<byte[], byte[]> producer;
    private volatile Exception failure;
    private final Coordinator coordinator;
    private final Map<InputTopic, Long> offsets = new EnumMap<>(InputTopic.class);
    private final List<RoundClosed> closed = new ArrayList<>();
    private final Outbox outbox;
    private long decisions;

    private MadeRounds(LogConnection cluster, TestJob job, List<String> trainers) {
        this.job = job;
        this.trainers = trainers;
        this.topics = new JobTopics(
                job.spec().getName(), job.spec().getPartitions(), job.spec().getReplication());
        this.codec = cluster.codec(SchemaRegistration.LOOK_UP_ONLY);
        Map<String, Object> writer = new HashMap<>(cluster.writerConfig());
        writer.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        this.producer = new KafkaProducer<>(writer);
        this.coordinator = new Coordinator(topics.job(), topics.partitions());
        this.outbox = noticing(new DecisionOutbox(topics, codec, this::append, System::currentTimeMillis));
    }

    /**
     * Creates the topics of a job and writes so many rounds of it; the next one is open.
     *
     * @return how many decisions were made
     */
    static long write(LogConnection cluster, TestJob job, List<String> trainers, int rounds) {
        JobTopics topics = new JobTopics(
                job.spec().getName(), job.spec().getPartitions(), job.spec().getReplication());
        List<Topic> all = new ArrayList<>(topics.fixed());
        all.add(topics.round(rounds + 1));
        try (Admin admin = cluster.admin()) {
            cluster.topicCreator(admin).ensure(all);
        }
        cluster.registrar().register(all);
        try (MadeRounds made = new MadeRounds(cluster, job, trainers)) {
            made.write(rounds);
            return made.decisions;
        }
    }

    private void write(int rounds) {
        give(InputTopic.COMMANDS, job.submitted());
        give(InputTopic.MANIFESTS, job.initialManifest());
        trainers.forEach(trainer -> give(InputTopic.MANIFESTS, job.joined(trainer, "i-" + trainer)));
        fold();
        for (int round = 1; round <= rounds; round++) {
            for (String trainer : trainers) {
                give(InputTopic.MANIFESTS, job.manifest(trainer, "i-" + trainer, round));
            }
            fold();
            for (String trainer : trainers) {
                give(InputTopic.MANIFESTS, job.evaluation(trainer, "i-" + trainer, round));
            }
        }
        producer.flush();
        if (failure != null) {
            throw new AssertionError("a record was not written", failure);
        }
        if (coordinator.lastRound() != rounds + 1) {
            throw new AssertionError("the last round is " + coordinator.lastRound() + ", not " + (rounds + 1));
        }
    }

    private void fold() {
        for (RoundClosed round : List.copyOf(closed)) {
            FlatLayout flat = job.flat(round.getRound());
            for (int partition = 0; partition < topics.partitions(); partition++) {
                List<ChunkDigest> chunks = flat.chunksOf(partition).stream()
                        .map(chunk -> new ChunkDigest(chunk.ordinal(), Digests.of()))
                        .toList();
                give(
                        InputTopic.PARTS,
                        new PartFolded(
                                round.getRound(),
                                round.getRevision(),
                                partition,
                                chunks,
                                0L,
                                round.getMembers().size(),
                                0L,
                                Map.of(),
                                List.of()));
            }
        }
        closed.clear();
    }

    private void give(InputTopic input, SpecificRecord record) {
        Topic topic =
                switch (input) {
                    case COMMANDS -> topics.commands();
                    case MANIFESTS -> topics.manifests();
                    case PARTS -> topics.parts();
                };
        long offset = offsets.merge(input, 1L, Long::sum) - 1;
        long now = System.currentTimeMillis();
        byte[] value = codec.encode(topic.name(), record);
        append(topic, 0, null, value, now);
        Sha256 digest = new LogEntry(offset, now, null, value).bodyDigest();
        coordinator.handle(new Input.Received(input, offset, digest, now, record), now, outbox);
    }

    private void append(Topic topic, int partition, byte[] key, byte[] value, long timestamp) {
        int to = topic.name().equals(topics.decisions().name())
                ? Integer.parseInt(new String(key, StandardCharsets.US_ASCII))
                : partition;
        // a refusal is told at the end: nothing waits for each record
        Future<RecordMetadata> unused =
                producer.send(new ProducerRecord<>(topic.name(), to, timestamp, key, value), (metadata, refusal) -> {
                    if (refusal != null) {
                        failure = refusal;
                    }
                });
    }

    private Outbox noticing(Outbox real) {
        return new Outbox() {
            @Override
            public Sha256 decide(SpecificRecord decision) {
                decisions++;
                if (decision instanceof RoundClosed round) {
                    closed.add(round);
                }
                return real.decide(decision);
            }

            @Override
            public void tell(SpecificRecord decision) {
                real.tell(decision);
            }

            @Override
            public Sha256 publish(RoundPublished published) {
                return real.publish(published);
            }
        };
    }

    @Override
    public void close() {
        producer.close();
        codec.close();
    }
}
