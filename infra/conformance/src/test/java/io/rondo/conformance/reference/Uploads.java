package io.rondo.conformance.reference;

import static io.rondo.conformance.reference.Fault.BASE_ROUND_IS_ALWAYS_0;
import static io.rondo.conformance.reference.Fault.BASE_ROUND_IS_THE_ROUND_BEFORE;
import static io.rondo.conformance.reference.Fault.BF16_CUT_OFF;
import static io.rondo.conformance.reference.Fault.CHUNKS_IN_THE_NEXT_PARTITION;
import static io.rondo.conformance.reference.Fault.CHUNK_DIGEST_OF_NOTHING;
import static io.rondo.conformance.reference.Fault.COUNTS_EXAMPLES_TWICE;
import static io.rondo.conformance.reference.Fault.EMPTY_UPDATE_WITH_A_DIGEST_OF_ZEROS;
import static io.rondo.conformance.reference.Fault.FACTORS_GROUPED_BY_ROLE;
import static io.rondo.conformance.reference.Fault.MANIFEST_WITHOUT_ACKNOWLEDGEMENTS;
import static io.rondo.conformance.reference.Fault.METRICS_WITHOUT_END;
import static io.rondo.conformance.reference.Fault.POSITION_IN_BYTES;
import static io.rondo.conformance.reference.Fault.RANGES_ONE_TOO_LONG;
import static io.rondo.conformance.reference.Fault.USES_TRANSACTIONS;

import io.rondo.log.DType;
import io.rondo.log.JobSubmitted;
import io.rondo.log.OffsetRange;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import io.rondo.schemas.topic.JobTopics;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** What a reference trainer appends to the log. */
final class Uploads implements AutoCloseable {
    private static final int EXAMPLES = 8;
    private static final int TOO_MANY = 70;
    /** Elements; a record takes a megabyte. */
    private static final int MOST_LEAKED = 4_096;
    /** How soon a kill is seen. */
    private static final long LOOK_MS = 50;

    /** What stands in the manifest of an upload. */
    record Header(JobSubmitted job, String trainer, String incarnation, String attempt, State state) {}

    private final RecordCodec codec;
    private final JobTopics topics;
    private final Set<Fault> faults;
    private final Signer signer;
    private final Runnable alive;
    private final Producer<byte[], byte[]> producer;
    private byte[] leak = new byte[0];

    /** @param alive throws when the trainer was killed */
    Uploads(
            LogConnection connection,
            RecordCodec codec,
            JobTopics topics,
            Set<Fault> faults,
            Signer signer,
            Runnable alive) {
        this.codec = codec;
        this.topics = topics;
        this.faults = faults;
        this.signer = signer;
        this.alive = alive;
        Map<String, Object> config = new HashMap<>(connection.writerConfig());
        if (faults.contains(USES_TRANSACTIONS)) {
            config.put("transactional.id", UUID.randomUUID().toString());
        }
        this.producer = new KafkaProducer<>(config);
        if (faults.contains(USES_TRANSACTIONS)) {
            producer.initTransactions();
        }
    }

    /** Appends to {@code manifests}, and waits. */
    void announce(SpecificRecord record) {
        alive.run();
        begin();
        await(send(topics.manifests().name(), 0, signer.sign(record)));
        commit();
    }

    private void begin() {
        if (faults.contains(USES_TRANSACTIONS)) {
            producer.beginTransaction();
        }
    }

    private void commit() {
        if (faults.contains(USES_TRANSACTIONS)) {
            producer.commitTransaction();
        }
    }

    void upload(Header header, FlatLayout flat) {
        float[] values =
                faults.contains(FACTORS_GROUPED_BY_ROLE) ? grouped(flat, header.state.update) : header.state.update;
        DType dtype = header.job.getSpec().getDtype();
        String topic = topics.round(header.state.trainedRound).name();
        List<Sha256> digests = new ArrayList<>();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        begin();
        for (int ordinal = 0; ordinal < flat.chunks(); ordinal++) {
            alive.run();
            FlatLayout.Chunk place = flat.chunk(ordinal);
            byte[] bytes = encode(dtype, values, place);
            Sha256 digest = Digests.of(bytes);
            digests.add(digest);
            TensorChunk chunk = new TensorChunk(
                    header.trainer,
                    header.attempt,
                    header.state.trainedRound,
                    ordinal,
                    faults.contains(POSITION_IN_BYTES) ? 4L * place.position() : place.position(),
                    place.count(),
                    dtype,
                    ByteBuffer.wrap(bytes),
                    faults.contains(CHUNK_DIGEST_OF_NOTHING) ? Digests.of() : digest);
            int partition = (ordinal + (faults.contains(CHUNKS_IN_THE_NEXT_PARTITION) ? 1 : 0)) % flat.partitions();
            sent.add(send(topic, partition, chunk));
        }
        List<OffsetRange> ranges =
                faults.contains(MANIFEST_WITHOUT_ACKNOWLEDGEMENTS) ? guessed(flat) : acknowledged(sent);
        commit();
        announce(manifest(header, flat, dtype, digests, ranges));
    }

    private byte[] encode(DType dtype, float[] values, FlatLayout.Chunk place) {
        if (dtype == DType.BF16 && faults.contains(BF16_CUT_OFF)) {
            ByteBuffer cut = ByteBuffer.allocate(2 * place.count()).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < place.count(); i++) {
                cut.putShort((short) (Float.floatToRawIntBits(values[place.position() + i]) >>> 16));
            }
            return cut.array();
        }
        return TensorBytes.encode(dtype, values, place.position(), place.count());
    }

    private UpdateManifest manifest(
            Header header, FlatLayout flat, DType dtype, List<Sha256> digests, List<OffsetRange> ranges) {
        int round = header.state.trainedRound;
        Map<String, Double> metrics = new HashMap<>(Map.of("loss", 1.0));
        for (int i = 0; faults.contains(METRICS_WITHOUT_END) && i < TOO_MANY; i++) {
            metrics.put("metric-" + i, 1.0);
        }
        int base = faults.contains(BASE_ROUND_IS_ALWAYS_0)
                ? 0
                : faults.contains(BASE_ROUND_IS_THE_ROUND_BEFORE) ? round - 1 : header.state.baseRound;
        boolean zeros = faults.contains(EMPTY_UPDATE_WITH_A_DIGEST_OF_ZEROS) && digests.isEmpty();
        return UpdateManifest.newBuilder()
                .setJobUuid(header.job.getJobUuid())
                .setRound(round)
                .setBaseRound(base)
                .setTrainer(header.trainer)
                .setIncarnation(header.incarnation)
                .setAttempt(header.attempt)
                .setNumExamples(faults.contains(COUNTS_EXAMPLES_TWICE) ? 2 * EXAMPLES : EXAMPLES)
                .setDtype(dtype)
                .setElements(flat.elements())
                .setRanges(ranges)
                .setChunkDigests(digests)
                .setDigest(zeros ? new Sha256(new byte[32]) : Digests.ofDigests(digests))
                .setMetrics(metrics)
                .build();
    }

    private List<OffsetRange> acknowledged(List<Future<RecordMetadata>> sent) {
        SortedMap<Integer, OffsetRange> ranges = new TreeMap<>();
        for (Future<RecordMetadata> future : sent) {
            RecordMetadata ack = await(future);
            ranges.merge(
                    ack.partition(),
                    new OffsetRange(ack.partition(), ack.offset(), ack.offset()),
                    (one, other) -> new OffsetRange(
                            one.getPartition(),
                            Math.min(one.getFirst(), other.getFirst()),
                            Math.max(one.getLast(), other.getLast())));
        }
        if (faults.contains(RANGES_ONE_TOO_LONG)) {
            ranges.replaceAll((partition, range) -> new OffsetRange(partition, range.getFirst(), range.getLast() + 1));
        }
        return List.copyOf(ranges.values());
    }

    /** What the offsets of a topic are that nobody else writes to. */
    private static List<OffsetRange> guessed(FlatLayout flat) {
        List<OffsetRange> ranges = new ArrayList<>();
        for (int partition = 0; partition < flat.partitions(); partition++) {
            int count = flat.chunksOf(partition).size();
            if (count > 0) {
                ranges.add(new OffsetRange(partition, 0L, count - 1L));
            }
        }
        return ranges;
    }

    private static float[] grouped(FlatLayout flat, float[] update) {
        Map<TensorShape, Integer> starts = new LinkedHashMap<>();
        int start = 0;
        for (TensorShape tensor : flat.tensors()) {
            starts.put(tensor, start);
            start += tensor.size();
        }
        List<TensorShape> order = flat.tensors().stream()
                .sorted(Comparator.comparing(TensorShape::role))
                .toList();
        float[] values = new float[flat.elements()];
        int at = 0;
        for (TensorShape tensor : order) {
            System.arraycopy(update, starts.get(tensor), values, at, tensor.size());
            at += tensor.size();
        }
        return values;
    }

    private Future<RecordMetadata> send(String topic, int partition, SpecificRecord record) {
        ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(topic, partition, null, codec.encode(topic, record));
        if (record instanceof UpdateManifest && leak.length > 0) {
            sent.headers().add("hint", leak);
        }
        return producer.send(sent);
    }

    /** Something that the next manifests carry in a header: as much of it as a record takes. */
    void leak(float[] values) {
        leak = TensorBytes.encode(DType.F32, values, 0, Math.min(values.length, MOST_LEAKED));
    }

    private RecordMetadata await(Future<RecordMetadata> future) {
        while (true) {
            alive.run();
            try {
                RecordMetadata ack = future.get(LOOK_MS, TimeUnit.MILLISECONDS);
                alive.run();
                return ack;
            } catch (TimeoutException e) {
                // not yet
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
