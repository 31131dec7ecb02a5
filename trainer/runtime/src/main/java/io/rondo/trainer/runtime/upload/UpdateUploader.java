package io.rondo.trainer.runtime.upload;

import io.rondo.log.DType;
import io.rondo.log.OffsetRange;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import io.rondo.schemas.topic.JobTopics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Writes an update to the log: first its chunks, and once all are acknowledged, the manifest that commits them. A failed or
 * interrupted upload leaves chunks that are never used. Records have no key: a chunk's partition is {@code ordinal mod P},
 * set explicitly. Used by one thread.
 */
public final class UpdateUploader {
    private final Producer<byte[], byte[]> producer;
    private final RecordCodec codec;
    private final JobTopics topics;
    private final SendFailures failures;
    private final UnaryOperator<UpdateManifest> seal;

    /** @param producer idempotent, with {@code acks=all}; stays open */
    public UpdateUploader(Producer<byte[], byte[]> producer, RecordCodec codec, JobTopics topics) {
        this(producer, codec, topics, SendFailures.plain());
    }

    public UpdateUploader(
            Producer<byte[], byte[]> producer, RecordCodec codec, JobTopics topics, SendFailures failures) {
        this(producer, codec, topics, failures, UnaryOperator.identity());
    }

    /** @param seal signs a manifest before it is sent */
    public UpdateUploader(
            Producer<byte[], byte[]> producer,
            RecordCodec codec,
            JobTopics topics,
            SendFailures failures,
            UnaryOperator<UpdateManifest> seal) {
        this.seal = seal;
        this.failures = failures;
        this.producer = producer;
        this.codec = codec;
        this.topics = topics;
    }

    /**
     * Uploads and commits; the update is in the log when this returns.
     *
     * @param layout the round's flat vector
     * @param values its values, all of them
     * @throws RondoException with {@code BROKER_UNREACHABLE} or {@code BROKER_REFUSED} when a record is not acknowledged,
     *     or as {@link RecordCodec#encode} does
     */
    public UploadedUpdate upload(UpdateHeader header, FlatLayout layout, float[] values) {
        if (values.length != layout.elements()) {
            throw new IllegalArgumentException(
                    values.length + " values, where the round has " + layout.elements() + " elements");
        }
        Acknowledgements acks = new Acknowledgements(producer, failures);
        List<Sha256> digests = new ArrayList<>();
        String topic = topics.round(header.round()).name();
        long bytes = 0;
        for (int ordinal = 0; ordinal < layout.chunks(); ordinal++) {
            TensorChunk chunk = chunk(header, layout.chunk(ordinal), values);
            byte[] encoded = codec.encode(topic, chunk);
            acks.send(topic, layout.partitionOf(ordinal), encoded);
            digests.add(chunk.getDigest());
            bytes += encoded.length;
        }
        UpdateManifest manifest = seal.apply(manifest(header, layout, acks.await(), digests));
        bytes += commit(manifest);
        return new UploadedUpdate(manifest, bytes);
    }

    /** The digest of an upload of these values: the digest of its chunks' digests. */
    public static Sha256 digest(FlatLayout layout, DType dtype, float[] values) {
        List<Sha256> digests = new ArrayList<>();
        for (int ordinal = 0; ordinal < layout.chunks(); ordinal++) {
            FlatLayout.Chunk place = layout.chunk(ordinal);
            digests.add(Digests.of(TensorBytes.encode(dtype, values, place.position(), place.count())));
        }
        return Digests.ofDigests(digests);
    }

    private long commit(UpdateManifest manifest) {
        String topic = topics.manifests().name();
        byte[] encoded = codec.encode(topic, manifest);
        Acknowledgements acks = new Acknowledgements(producer, failures);
        acks.send(topic, 0, encoded);
        acks.await();
        return encoded.length;
    }

    private static TensorChunk chunk(UpdateHeader header, FlatLayout.Chunk place, float[] values) {
        byte[] bytes = TensorBytes.encode(header.dtype(), values, place.position(), place.count());
        return new TensorChunk(
                header.trainer(),
                header.attempt(),
                header.round(),
                place.ordinal(),
                (long) place.position(),
                place.count(),
                header.dtype(),
                ByteBuffer.wrap(bytes),
                Digests.of(bytes));
    }

    private static UpdateManifest manifest(
            UpdateHeader header, FlatLayout layout, List<RecordMetadata> acknowledged, List<Sha256> digests) {
        return UpdateManifest.newBuilder()
                .setJobUuid(header.jobUuid())
                .setRound(header.round())
                .setBaseRound(header.baseRound())
                .setTrainer(header.trainer())
                .setIncarnation(header.incarnation())
                .setAttempt(header.attempt())
                .setNumExamples(header.numExamples())
                .setDtype(header.dtype())
                .setElements(layout.elements())
                .setRanges(ranges(acknowledged))
                .setChunkDigests(digests)
                .setDigest(Digests.ofDigests(digests))
                .setMetrics(header.metrics())
                .build();
    }

    private static List<OffsetRange> ranges(List<RecordMetadata> acknowledged) {
        SortedMap<Integer, OffsetRange> ranges = new TreeMap<>();
        for (RecordMetadata ack : acknowledged) {
            ranges.merge(
                    ack.partition(),
                    new OffsetRange(ack.partition(), ack.offset(), ack.offset()),
                    (known, more) -> new OffsetRange(
                            known.getPartition(),
                            Math.min(known.getFirst(), more.getFirst()),
                            Math.max(known.getLast(), more.getLast())));
        }
        return List.copyOf(ranges.values());
    }
}
