package io.rondo.trainer.runtime;

import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.AdapterAssembly;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.MarkerPatience;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.tensor.TensorBytes;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a published adapter from {@code global-adapter}. A chunk is identified by round, revision and ordinal and verified
 * by its digest; the publication's start offsets are only a hint that avoids reading earlier records. Successive rounds are
 * read with one consumer. Used by one thread.
 */
public final class AdapterReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final FederatedJob job;
    private final RecordCodec codec;
    private final Function<Map<TopicPartition, Long>, Feed> feeds;
    private final Duration patience;
    private Feed feed;
    /** Whether the feed is at the end of the log. */
    private boolean isOutOfTheLog;

    /** Raw records of some partitions, from given offsets. */
    interface Feed extends AutoCloseable {
        List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout);

        long position(TopicPartition partition);

        /** The current end of the committed records. */
        long end(TopicPartition partition);

        @Override
        void close();
    }

    public AdapterReader(LogConnection log, RecordCodec codec, FederatedJob job) {
        this(job, codec, from -> feed(LogReader.open(log, from)), MarkerPatience.OF_A_TRAINER);
    }

    AdapterReader(
            FederatedJob job, RecordCodec codec, Function<Map<TopicPartition, Long>, Feed> feeds, Duration patience) {
        this.job = job;
        this.codec = codec;
        this.feeds = feeds;
        this.patience = patience;
    }

    /**
     * The tensors of a round's adapter, by name, in layout order: those that were shared in that round.
     *
     * @throws RondoException with {@link ErrorCode#ADAPTER_CORRUPT} when a chunk is missing or was altered
     */
    public Map<String, Tensor> read(RoundPublished published) {
        FlatLayout layout = job.flat(published.getRound());
        requireFits(published, layout);
        Values values = new Values(published, layout);
        if (!collect(values, hint(published)) && !collect(values, beginning())) {
            throw corrupt(
                    published,
                    values.assembly.missing().size() + " of " + layout.chunks() + " chunks are not in the log");
        }
        return layout.split(values.flat);
    }

    private static void requireFits(RoundPublished published, FlatLayout layout) {
        List<Sha256> digests = published.getChunkDigests();
        if (published.getElements() != layout.elements() || digests.size() != layout.chunks()) {
            throw corrupt(
                    published,
                    published.getElements() + " elements in " + digests.size() + " chunks are published, the job has "
                            + layout.elements() + " in " + layout.chunks());
        }
        if (!Digests.ofDigests(digests).equals(published.getDigest())) {
            throw corrupt(published, "its digest is not that of its chunk digests");
        }
    }

    @Override
    public void close() {
        if (feed != null) {
            feed.close();
            feed = null;
        }
    }

    /** Whether all chunks were found from these offsets on. */
    private boolean collect(Values values, Map<TopicPartition, Long> from) {
        if (!values.assembly.isComplete()) {
            readOnFrom(from);
        }
        long lastRecord = System.nanoTime();
        while (!values.assembly.isComplete()) {
            List<ConsumerRecord<byte[], byte[]>> records = poll();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                values.add(codec.require(record.topic(), record.value(), AdapterChunk.class));
            }
            if (!records.isEmpty()) {
                lastRecord = System.nanoTime();
            } else if (System.nanoTime() - lastRecord > patience.toNanos()) {
                if (isOutOfTheLog || hasReadToTheEnd(from.keySet())) {
                    return false;
                }
                lastRecord = System.nanoTime();
            }
        }
        return true;
    }

    /** A chunk is missing only if the log was read to its end; unresponsive brokers prove nothing. */
    private boolean hasReadToTheEnd(Set<TopicPartition> partitions) {
        try {
            return partitions.stream().allMatch(partition -> feed.position(partition) >= feed.end(partition));
        } catch (RondoException e) {
            if (e.code() == ErrorCode.BROKER_UNREACHABLE) {
                return false;
            }
            throw e;
        }
    }

    /** Continues with the open feed if it has not passed any of the offsets. */
    private void readOnFrom(Map<TopicPartition, Long> from) {
        boolean lieAhead = feed != null
                && from.entrySet().stream().allMatch(entry -> feed.position(entry.getKey()) <= entry.getValue());
        if (!lieAhead) {
            close();
            feed = feeds.apply(from);
            isOutOfTheLog = false;
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> poll() {
        try {
            return feed.poll(POLL);
        } catch (RondoException e) {
            if (e.code() == ErrorCode.LOG_INCOMPLETE) {
                // the hint points beyond the end of the log, where nothing can be read
                isOutOfTheLog = true;
                return List.of();
            }
            throw e;
        }
    }

    private Map<TopicPartition, Long> hint(RoundPublished published) {
        Map<TopicPartition, Long> from = beginning();
        List<Long> offsets = published.getStartOffsets();
        from.replaceAll((partition, start) ->
                partition.partition() < offsets.size() ? Math.max(0, offsets.get(partition.partition())) : start);
        return from;
    }

    private Map<TopicPartition, Long> beginning() {
        Topic topic = job.topics().globalAdapter();
        Map<TopicPartition, Long> from = new HashMap<>();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            from.put(new TopicPartition(topic.name(), partition), 0L);
        }
        return from;
    }

    private static RondoException corrupt(RoundPublished published, String detail) {
        return new RondoException(
                ErrorCode.ADAPTER_CORRUPT,
                "the global adapter of round " + published.getRound() + " cannot be used: " + detail,
                "run `rondo verify` on the job, and check who may write to its global-adapter topic");
    }

    private static Feed feed(LogReader reader) {
        return new Feed() {
            @Override
            public List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
                return reader.poll(timeout);
            }

            @Override
            public long position(TopicPartition partition) {
                return reader.position(partition);
            }

            @Override
            public long end(TopicPartition partition) {
                return reader.end(partition);
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    /** The values of one adapter that were read so far. */
    private static final class Values {
        private final RoundPublished published;
        private final FlatLayout layout;
        private final AdapterAssembly assembly;
        private final float[] flat;

        Values(RoundPublished published, FlatLayout layout) {
            this.published = published;
            this.layout = layout;
            this.assembly = AdapterAssembly.of(published, layout);
            this.flat = new float[layout.elements()];
        }

        void add(AdapterChunk chunk) {
            int ordinal = chunk.getOrdinal();
            if (assembly.has(ordinal)) {
                // a duplicate is ignored, whatever its contents
                return;
            }
            switch (assembly.add(chunk)) {
                case TAKEN -> {
                    FlatLayout.Chunk place = layout.chunk(ordinal);
                    TensorBytes.decode(DType.F32, chunk.getValues(), flat, place.position(), place.count());
                }
                case REPEATED, OTHER_ADAPTER, NOT_WANTED, UNKNOWN_ORDINAL -> {}
                case WRONG_SIZE ->
                    throw corrupt(
                            published,
                            "chunk " + ordinal + " has " + chunk.getValues().remaining() + " bytes");
                case WRONG_DIGEST ->
                    throw corrupt(published, "chunk " + ordinal + " is not the one that was published");
            }
        }
    }
}
