package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.RulesVersion;
import io.rondo.log.JobSpec;
import io.rondo.log.OffsetRange;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.PlausibleValues;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one update's chunks in one partition and compares each with the manifest. */
final class UpdateReader {

    /** Receives the values of each intact chunk. The array is reused after the call. */
    interface ChunkSink {
        void accept(FlatLayout.Chunk chunk, float[] values);
    }

    /** What is wrong with an update. */
    record Fault(RejectionReason reason, String detail) {}

    private final ChunkStash stash;
    private final int partition;
    private final JobSpec spec;
    private final MessageDigest sha256 = Digests.newSha256();
    private float[] scratch = new float[0];

    /** @param spec the job's settings, whose rules apply to the update */
    UpdateReader(ChunkStash stash, int partition, JobSpec spec) {
        this.stash = stash;
        this.partition = partition;
        this.spec = spec;
    }

    /**
     * Reads the update; after a fault the sink may have received some of its chunks.
     *
     * @param chunks the wanted chunks of the partition
     */
    Optional<Fault> read(UpdateManifest manifest, List<FlatLayout.Chunk> chunks, ChunkSink sink) {
        Map<Integer, FlatLayout.Chunk> expected = new HashMap<>();
        chunks.forEach(chunk -> expected.put(chunk.ordinal(), chunk));
        if (expected.isEmpty()) {
            return Optional.empty();
        }
        OffsetRange range = manifest.getRanges().get(partition);
        Visit visit = new Visit(manifest, expected, sink);
        stash.read(manifest, range, visit);
        return visit.fault().or(() -> visit.missing(range));
    }

    /** An array of this length: all chunks but a partition's last have the same. */
    private float[] scratch(int length) {
        if (scratch.length != length) {
            scratch = new float[length];
        }
        return scratch;
    }

    private final class Visit implements ChunkStash.Visitor {
        private final UpdateManifest manifest;
        private final Map<Integer, FlatLayout.Chunk> expected;
        private final ChunkSink sink;
        /** By ordinal, the fault of the first chunk that claims to be it. */
        private final Map<Integer, Fault> foreign = new HashMap<>();

        private Fault fault;

        Visit(UpdateManifest manifest, Map<Integer, FlatLayout.Chunk> expected, ChunkSink sink) {
            this.manifest = manifest;
            this.expected = expected;
            this.sink = sink;
        }

        @Override
        public boolean wantsMore() {
            return fault == null && !expected.isEmpty();
        }

        @Override
        public void visit(TensorChunk record) {
            // a repeated chunk is skipped: the first one counts
            FlatLayout.Chunk chunk = fault == null ? expected.get(record.getOrdinal()) : null;
            if (chunk == null) {
                return;
            }
            Optional<Fault> difference = difference(record, chunk);
            if (difference.isEmpty()) {
                expected.remove(chunk.ordinal());
                take(record, chunk);
            } else if (RulesVersion.passOverForeignChunks(spec)) {
                foreign.putIfAbsent(chunk.ordinal(), difference.get());
            } else {
                fault = difference.get();
            }
        }

        /** Why this is not the chunk that the manifest names; empty if it is. */
        private Optional<Fault> difference(TensorChunk record, FlatLayout.Chunk chunk) {
            ByteBuffer bytes = record.getValues();
            boolean fits = record.getRound() == manifest.getRound()
                    && record.getPosition() == chunk.position()
                    && record.getCount() == chunk.count()
                    && record.getDtype() == manifest.getDtype()
                    && bytes.remaining() == (long) chunk.count() * TensorBytes.width(manifest.getDtype());
            if (!fits) {
                return Optional.of(new Fault(
                        RejectionReason.WRONG_SHAPE,
                        "chunk " + chunk.ordinal() + " of round " + record.getRound() + " has " + record.getCount()
                                + " elements of " + record.getDtype() + " at " + record.getPosition()));
            }
            Sha256 vouched = manifest.getChunkDigests().get(chunk.ordinal());
            return record.getDigest().equals(vouched) && digest(bytes).equals(vouched)
                    ? Optional.empty()
                    : Optional.of(new Fault(
                            RejectionReason.BAD_DIGEST,
                            "chunk " + chunk.ordinal() + " has other bytes than its manifest says"));
        }

        private void take(TensorChunk record, FlatLayout.Chunk chunk) {
            float[] values = scratch(chunk.count());
            TensorBytes.decode(manifest.getDtype(), record.getValues(), values, 0, values.length);
            if (PlausibleValues.areUpTo(values, most())) {
                sink.accept(chunk, values);
            } else {
                fault = beyond(chunk, values);
            }
        }

        private float most() {
            return RulesVersion.boundValues(spec) ? PlausibleValues.MOST : Float.MAX_VALUE;
        }

        private Fault beyond(FlatLayout.Chunk chunk, float[] values) {
            int at = PlausibleValues.firstBeyond(values, Float.MAX_VALUE);
            if (at < values.length) {
                return new Fault(RejectionReason.NON_FINITE, element(chunk, values, at));
            }
            return new Fault(
                    RejectionReason.IMPLAUSIBLE,
                    element(chunk, values, PlausibleValues.firstOther(values)) + ", allowed are up to "
                            + PlausibleValues.MOST);
        }

        private static String element(FlatLayout.Chunk chunk, float[] values, int at) {
            return "element " + at + " of chunk " + chunk.ordinal() + " is " + values[at];
        }

        private Sha256 digest(ByteBuffer bytes) {
            sha256.update(bytes.duplicate());
            return new Sha256(sha256.digest());
        }

        Optional<Fault> fault() {
            return Optional.ofNullable(fault);
        }

        /** If a chunk is missing, the fault of the one in its place says more. */
        Optional<Fault> missing(OffsetRange range) {
            return expected.keySet().stream()
                    .sorted()
                    .findFirst()
                    .map(ordinal -> foreign.containsKey(ordinal)
                            ? foreign.get(ordinal)
                            : new Fault(
                                    RejectionReason.MISSING_CHUNK,
                                    "chunk " + ordinal + " is not between " + range.getFirst() + " and "
                                            + range.getLast() + " of partition " + range.getPartition()));
        }
    }
}
