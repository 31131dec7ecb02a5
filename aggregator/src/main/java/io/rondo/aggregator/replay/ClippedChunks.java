package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.strategy.NormClip;
import io.rondo.log.DType;
import io.rondo.log.OffsetRange;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The updates of one round, clipped to a maximal distance from the base, at their offsets in history. */
final class ClippedChunks {
    private final FlatLayout flat;
    private final NormClip clip;
    private final float[] base;
    private final List<UpdateManifest> updates = new ArrayList<>();
    private final List<NavigableMap<Long, TensorChunk>> partitions = new ArrayList<>();

    /** @param base the adapter on which the updates were trained */
    ClippedChunks(FlatLayout flat, NormClip clip, float[] base) {
        this.flat = flat;
        this.clip = clip;
        this.base = base;
        for (int partition = 0; partition < flat.partitions(); partition++) {
            partitions.add(new TreeMap<>());
        }
    }

    /** Reads an update and clips it. An incomplete one is left unchanged, for the fold to refuse. */
    void add(UpdateManifest manifest, List<ChunkSource> history) {
        List<NavigableMap<Long, TensorChunk>> read = new ArrayList<>();
        float[] values = new float[flat.elements()];
        int[] missing = {flat.chunks()};
        for (int partition = 0; partition < flat.partitions(); partition++) {
            NavigableMap<Long, TensorChunk> found = new TreeMap<>();
            read.add(found);
            if (partition < manifest.getRanges().size()) {
                OffsetRange range = manifest.getRanges().get(partition);
                history.get(partition)
                        .read(manifest.getRound(), partition, range.getFirst(), range.getLast(), (offset, chunk) -> {
                            if (offset <= range.getLast() && AttemptId.of(chunk).equals(AttemptId.of(manifest))) {
                                found.put(offset, chunk);
                                missing[0] -= take(chunk, manifest, values);
                            }
                        });
            }
        }
        if (missing[0] != 0) {
            read.forEach(found -> partitions.get(read.indexOf(found)).putAll(found));
            updates.add(manifest);
            return;
        }
        float[] clipped = clip.clip(base, values);
        for (int partition = 0; partition < flat.partitions(); partition++) {
            NavigableMap<Long, TensorChunk> into = partitions.get(partition);
            read.get(partition).forEach((offset, chunk) -> into.put(offset, with(chunk, clipped)));
        }
        updates.add(described(manifest, clipped));
    }

    private int take(TensorChunk chunk, UpdateManifest manifest, float[] values) {
        int ordinal = chunk.getOrdinal();
        if (ordinal < 0 || ordinal >= flat.chunks()) {
            return 0;
        }
        FlatLayout.Chunk place = flat.chunk(ordinal);
        byte[] bytes = new byte[chunk.getValues().remaining()];
        chunk.getValues().duplicate().get(bytes);
        boolean isSound = chunk.getCount() == place.count()
                && Digests.of(bytes).equals(manifest.getChunkDigests().get(ordinal))
                && bytes.length == place.count() * TensorBytes.width(manifest.getDtype());
        if (isSound) {
            TensorBytes.decode(manifest.getDtype(), chunk.getValues(), values, place.position(), place.count());
        }
        return isSound ? 1 : 0;
    }

    private TensorChunk with(TensorChunk chunk, float[] values) {
        byte[] bytes = encode(chunk.getDtype(), chunk.getOrdinal(), values);
        return TensorChunk.newBuilder(chunk)
                .setValues(ByteBuffer.wrap(bytes))
                .setDigest(Digests.of(bytes))
                .build();
    }

    private UpdateManifest described(UpdateManifest manifest, float[] values) {
        List<Sha256> digests = new ArrayList<>();
        for (int ordinal = 0; ordinal < flat.chunks(); ordinal++) {
            digests.add(Digests.of(encode(manifest.getDtype(), ordinal, values)));
        }
        return UpdateManifest.newBuilder(manifest)
                .setChunkDigests(digests)
                .setDigest(Digests.ofDigests(digests))
                .build();
    }

    private byte[] encode(DType dtype, int ordinal, float[] values) {
        FlatLayout.Chunk place = flat.chunk(ordinal);
        return TensorBytes.encode(dtype, values, place.position(), place.count());
    }

    /** The manifests of the clipped updates, in the order in which they were added. */
    List<UpdateManifest> updates() {
        return updates;
    }

    /** Readers of the clipped chunks, one for each partition. */
    List<ChunkSource> sources() {
        return partitions.stream()
                .map(chunks -> (ChunkSource) (round, partition, first, last, sink) -> {
                    chunks.subMap(first, true, Math.max(first, last), true).forEach(sink::accept);
                    return Math.max(first, last + 1);
                })
                .toList();
    }
}
