package io.rondo.aggregator.log;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.log.OffsetRange;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The vectors of single updates, as sent. Rounds are read in ascending order. Belongs to one thread. */
public final class UpdateVectors implements AutoCloseable {
    private final JobLog log;
    private final JobShape shape;
    private final List<ChunkSource> chunks = new ArrayList<>();

    /** @param rounds those whose updates will be read */
    public UpdateVectors(JobLog log, JobShape shape, List<Integer> rounds) {
        this.log = log;
        this.shape = shape;
        for (int partition = 0; partition < log.topics().partitions(); partition++) {
            chunks.add(log.chunks(partition, rounds));
        }
    }

    /** The flat vector of an update; empty if its chunks are gone or do not match the manifest. */
    public Optional<float[]> of(UpdateManifest manifest) {
        if (!log.holds(manifest.getRound())) {
            return Optional.empty();
        }
        FlatLayout flat = shape.flat(manifest.getRound());
        float[] values = new float[flat.elements()];
        Set<Integer> found = new HashSet<>();
        for (OffsetRange range : manifest.getRanges()) {
            chunks.get(range.getPartition())
                    .read(
                            manifest.getRound(),
                            range.getPartition(),
                            range.getFirst(),
                            range.getLast(),
                            (offset, chunk) -> {
                                if (offset <= range.getLast()
                                        && AttemptId.of(chunk).equals(AttemptId.of(manifest))
                                        && isSound(chunk, manifest, flat)) {
                                    FlatLayout.Chunk place = flat.chunk(chunk.getOrdinal());
                                    TensorBytes.decode(
                                            chunk.getDtype(),
                                            chunk.getValues(),
                                            values,
                                            place.position(),
                                            place.count());
                                    found.add(chunk.getOrdinal());
                                }
                            });
        }
        return found.size() == flat.chunks() ? Optional.of(values) : Optional.empty();
    }

    private static boolean isSound(TensorChunk chunk, UpdateManifest manifest, FlatLayout flat) {
        int ordinal = chunk.getOrdinal();
        if (ordinal < 0 || ordinal >= flat.chunks() || chunk.getDtype() != manifest.getDtype()) {
            return false;
        }
        byte[] bytes = new byte[chunk.getValues().remaining()];
        chunk.getValues().duplicate().get(bytes);
        return bytes.length == flat.chunk(ordinal).count() * TensorBytes.width(manifest.getDtype())
                && Digests.of(bytes).equals(manifest.getChunkDigests().get(ordinal));
    }

    /** When the first of an update's chunks was sent, milliseconds since 1970; empty if it is gone. */
    public OptionalLong firstSentAt(UpdateManifest manifest) {
        if (!log.holds(manifest.getRound()) || manifest.getRanges().isEmpty()) {
            return OptionalLong.empty();
        }
        OffsetRange range = manifest.getRanges().get(0);
        try (LogCursor cursor =
                log.cursor(log.topics().round(manifest.getRound()), range.getPartition(), range.getFirst())) {
            return cursor.next()
                    .map(entry -> OptionalLong.of(entry.timestamp()))
                    .orElse(OptionalLong.empty());
        } catch (RondoException e) {
            if (e.code() == ErrorCode.LOG_INCOMPLETE) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        chunks.forEach(ChunkSource::close);
    }
}
