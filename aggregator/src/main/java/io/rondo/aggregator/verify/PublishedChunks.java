package io.rondo.aggregator.verify;

import io.rondo.aggregator.fold.AdapterChunks;
import io.rondo.aggregator.log.JobShape;
import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.log.AdapterChunk;
import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One partition of global-adapter: digests of its actual bytes, computed here and not taken from the records. */
final class PublishedChunks {
    private final Topic topic;
    private final JobShape shape;
    private final int partition;
    private final List<LogDifference> differences;
    private final Map<Key, Chunk> chunks = new HashMap<>();

    /** Identity of a chunk. */
    record Key(int round, int revision, int ordinal, String kind) {
        static Key of(AdapterChunk chunk) {
            return new Key(chunk.getRound(), chunk.getRevision(), chunk.getOrdinal(), chunk.getKind());
        }
    }

    /** A chunk as found. */
    record Chunk(long offset, Sha256 digest, int bytes) {}

    /** @param differences receives the differences */
    PublishedChunks(Topic topic, JobShape shape, int partition, List<LogDifference> differences) {
        this.topic = topic;
        this.shape = shape;
        this.partition = partition;
        this.differences = differences;
    }

    /** Notes a record. Returns how many bytes of values it holds. */
    int add(LogEntry entry, Decoded decoded) {
        if (decoded instanceof Decoded.Readable readable && readable.record() instanceof AdapterChunk chunk) {
            check(entry, chunk);
            return chunk.getValues().remaining();
        }
        differences.add(LogDifference.of(
                        decoded instanceof Decoded.Unreadable unreadable
                                ? "the record cannot be read: "
                                        + unreadable.reason().id() + ", " + unreadable.detail()
                                : "the record is no chunk of an adapter")
                .at(topic, partition, entry.offset()));
        return 0;
    }

    private void check(LogEntry entry, AdapterChunk chunk) {
        Sha256 digest = Digests.of(chunk.getValues());
        Chunk before = chunks.put(
                Key.of(chunk),
                new Chunk(entry.offset(), digest, chunk.getValues().remaining()));
        if (before != null) {
            differ(entry, chunk, "stands there a second time");
        } else if (!digest.equals(chunk.getDigest())) {
            differ(entry, chunk, "does not have the digest that it names");
        } else if (!isInPlace(chunk)) {
            differ(
                    entry,
                    chunk,
                    "has " + chunk.getCount() + " elements at " + chunk.getPosition() + ", which is not its place");
        }
    }

    private boolean isInPlace(AdapterChunk chunk) {
        if (chunk.getRound() < 0) {
            return false;
        }
        FlatLayout flat = shape.flat(chunk.getRound());
        if (chunk.getOrdinal() < 0
                || chunk.getOrdinal() >= flat.chunks()
                || flat.partitionOf(chunk.getOrdinal()) != partition) {
            return false;
        }
        FlatLayout.Chunk place = flat.chunk(chunk.getOrdinal());
        boolean isNamed = (chunk.getRevision() > 0) == chunk.getKind().equals(AdapterChunks.ADAPTER);
        return isNamed
                && chunk.getPosition() == place.position()
                && chunk.getCount() == place.count()
                && chunk.getValues().remaining() == place.count() * Float.BYTES;
    }

    private void differ(LogEntry entry, AdapterChunk chunk, String what) {
        differences.add(
                LogDifference.of("chunk " + chunk.getOrdinal() + " of revision " + chunk.getRevision() + " " + what)
                        .in(chunk.getRound())
                        .at(topic, partition, entry.offset()));
    }

    Optional<Chunk> of(Key key) {
        return Optional.ofNullable(chunks.get(key));
    }

    Map<Key, Chunk> all() {
        return chunks;
    }
}
