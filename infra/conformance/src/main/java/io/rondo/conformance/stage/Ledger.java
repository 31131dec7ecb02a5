package io.rondo.conformance.stage;

import io.rondo.log.AdapterChunk;
import io.rondo.log.DecisionHeader;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Writes what an aggregator writes, in transactions: decisions in one order with a copy in each partition, the records that trainers
 * follow, chunks of adapters. Keeps the sequence and the hash chain.
 */
final class Ledger implements AutoCloseable {
    private static final byte[] CHAIN_TAG = "rondo-chain-v1\n".getBytes(StandardCharsets.US_ASCII);
    /** As long as the kit's own broker allows, since a slow machine must not end what a script holds open. */
    private static final int LONGEST_TRANSACTION_MS = 60_000;

    /** What other brokers allow too. */
    private static final int TRANSACTION_MS = 30_000;

    private static final int BLOCK_MS = 300_000;
    private static final Sha256 NOTHING = new Sha256(new byte[32]);

    private final Cluster cluster;
    private final JobTopics topics;
    private final RecordCodec codec;
    private final UnaryOperator<SpecificRecord> signing;
    private Producer<byte[], byte[]> producer;
    private Producer<byte[], byte[]> prober;

    private boolean inTransaction;
    private long sequence;
    private long linkStart;
    private MessageDigest link = newLink(NOTHING);
    private Sha256 source = NOTHING;

    /** @param signing signs what an aggregator signs */
    Ledger(Cluster cluster, JobTopics topics, UnaryOperator<SpecificRecord> signing) {
        this.cluster = cluster;
        this.topics = topics;
        this.codec = cluster.codec();
        this.signing = signing;
        reconnect();
    }

    /** A new producer, which aborts what the old one has left open. */
    void reconnect() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
        Map<String, Object> config = new HashMap<>(cluster.connection().writerConfig());
        config.put("transactional.id", topics.prefix() + "conformance." + UUID.randomUUID());
        config.put("transaction.timeout.ms", cluster.isOwn() ? LONGEST_TRANSACTION_MS : TRANSACTION_MS);
        config.put("max.block.ms", BLOCK_MS);
        config.put("delivery.timeout.ms", BLOCK_MS);
        config.put("linger.ms", 0);
        producer = cluster.connection().producer(config);
        producer.initTransactions();
    }

    void begin() {
        producer.beginTransaction();
        inTransaction = true;
    }

    void commit() {
        inTransaction = false;
        producer.commitTransaction();
    }

    void abort() {
        inTransaction = false;
        producer.abortTransaction();
    }

    /** Has the broker hold what was written, committed or not. */
    void flush() {
        producer.flush();
    }

    /** Writes all in one transaction, or in the one that is under way. */
    void commit(Runnable writes) {
        if (inTransaction) {
            writes.run();
            return;
        }
        begin();
        writes.run();
        commit();
    }

    void command(SpecificRecord record) {
        send(topics.commands().name(), 0, codec.encode(topics.commands().name(), record));
    }

    /** A record on {@code rounds} alone. */
    void round(SpecificRecord record) {
        send(topics.rounds().name(), 0, codec.encode(topics.rounds().name(), record));
    }

    /** A value on {@code rounds} as it is. */
    void roundBytes(byte[] value) {
        send(topics.rounds().name(), 0, value);
    }

    void adapter(int partition, AdapterChunk chunk) {
        send(
                topics.globalAdapter().name(),
                partition,
                codec.encode(topics.globalAdapter().name(), chunk));
    }

    /** Whether the broker takes a record of another trainer, outside of any transaction. */
    boolean probe(String topic, SpecificRecord record) {
        if (prober == null) {
            Map<String, Object> config = new HashMap<>(cluster.connection().writerConfig());
            config.put("linger.ms", 0);
            prober = cluster.connection().producer(config);
        }
        try {
            prober.send(new ProducerRecord<>(topic, 0, null, codec.encode(topic, record)))
                    .get();
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** A decision that answers nothing in the log. */
    <T extends SpecificRecord> T decide(Function<DecisionHeader, T> decision) {
        source = NOTHING;
        return decide(new Source("clock", -1L, null, -1L), decision);
    }

    /** A decision that answers a record of a trainer. */
    <T extends SpecificRecord> T decide(Entry<?> answered, Function<DecisionHeader, T> decision) {
        source = answered.bodyDigest();
        return decide(new Source("manifests", answered.offset(), source, -1L), decision);
    }

    private <T extends SpecificRecord> T decide(Source from, Function<DecisionHeader, T> decision) {
        T record = signed(decision.apply(new DecisionHeader(sequence++, from, System.currentTimeMillis())));
        byte[] value = codec.encode(topics.decisions().name(), record);
        for (int partition = 0; partition < topics.partitions(); partition++) {
            send(topics.decisions().name(), partition, value);
        }
        link.update(source.bytes());
        link.update(RecordCodec.bodyDigest(value).bytes());
        return record;
    }

    /** The record as the aggregator signs it, where it does. */
    @SuppressWarnings("unchecked") // it is of the same type
    <T extends SpecificRecord> T signed(T record) {
        return (T) signing.apply(record);
    }

    long firstSequence() {
        return linkStart;
    }

    long lastSequence() {
        return sequence - 1;
    }

    /** The chain up to here. The next link starts with the publication of this digest. */
    Sha256 chain() {
        return new Sha256(link.digest());
    }

    void nextLink(Sha256 published) {
        linkStart = sequence;
        link = newLink(published);
    }

    Sha256 digest(SpecificRecord record) {
        return RecordCodec.bodyDigest(codec.encode(topics.rounds().name(), record));
    }

    private static MessageDigest newLink(Sha256 published) {
        MessageDigest started = Digests.newSha256();
        started.update(CHAIN_TAG);
        started.update(published.bytes());
        return started;
    }

    private void send(String topic, int partition, byte[] value) {
        // a transaction fails at its commit where one of its records did
        Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(topic, partition, null, value));
    }

    @Override
    public void close() {
        if (prober != null) {
            prober.close(Duration.ZERO);
        }
        producer.close(Duration.ofSeconds(2));
    }
}
