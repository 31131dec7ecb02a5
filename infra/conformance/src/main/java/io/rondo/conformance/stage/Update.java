package io.rondo.conformance.stage;

import io.rondo.log.DType;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.List;

/**
 * An update as logged: its manifest, and every chunk of its attempt in the round's topic, whatever the manifest
 * says of them.
 *
 * @param manifest the manifest
 * @param chunks its chunks, by partition and offset
 * @param flat the round's flat vector
 */
public record Update(Entry<UpdateManifest> manifest, List<Entry<TensorChunk>> chunks, FlatLayout flat) {
    public Update {
        chunks = List.copyOf(chunks);
    }

    public String attempt() {
        return manifest.record().getAttempt();
    }

    /** The values of all its chunks. @throws Violation where they do not fill the round's vector */
    public float[] values() {
        float[] values = new float[flat.elements()];
        boolean[] filled = new boolean[flat.chunks()];
        for (Entry<TensorChunk> entry : chunks) {
            TensorChunk chunk = entry.record();
            int ordinal = chunk.getOrdinal();
            if (ordinal < 0 || ordinal >= flat.chunks() || filled[ordinal] || chunk.getDtype() == DType.UNKNOWN) {
                continue;
            }
            FlatLayout.Chunk place = flat.chunk(ordinal);
            Violation.unless(
                    chunk.getValues().remaining() == place.count() * TensorBytes.width(chunk.getDtype()),
                    "chunk %d has %d bytes, its %d elements of %s take %d",
                    ordinal,
                    chunk.getValues().remaining(),
                    place.count(),
                    chunk.getDtype(),
                    place.count() * TensorBytes.width(chunk.getDtype()));
            TensorBytes.decode(chunk.getDtype(), chunk.getValues(), values, place.position(), place.count());
            filled[ordinal] = true;
        }
        for (int ordinal = 0; ordinal < filled.length; ordinal++) {
            Violation.unless(
                    filled[ordinal],
                    "chunk %d of %d of attempt %s is not in the round's topic",
                    ordinal,
                    filled.length,
                    attempt());
        }
        return values;
    }
}
