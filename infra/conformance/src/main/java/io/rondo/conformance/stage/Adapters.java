package io.rondo.conformance.stage;

import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.TensorVersion;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RoundLayouts;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The adapters that a script publishes: drawn, none like another, no value near 0. */
public final class Adapters {
    private static final String KIND = "adapter";
    private static final int TIE = 0x8000;
    private static final int EVERY = 7;

    private final String jobUuid;
    private final RoundLayouts flats;
    private final Ledger ledger;
    private final Map<String, Tensor> current = new LinkedHashMap<>();
    private final Map<String, Integer> versions = new LinkedHashMap<>();
    private int latest = -1;
    private UnaryOperator<List<AdapterChunk>> writing = chunks -> chunks;

    Adapters(String jobUuid, RoundLayouts flats, Ledger ledger) {
        this.jobUuid = jobUuid;
        this.flats = flats;
        this.ledger = ledger;
    }

    int latest() {
        return latest;
    }

    /** Changes what is written of the adapters from now on, not what is published of them. */
    public void writing(UnaryOperator<List<AdapterChunk>> change) {
        writing = change;
    }

    /**
     * Values of a round: between 0.05 and 0.25 or the negative of that, every seventh half way between two values of BF16. The same in each
     * job, so that two jobs can be compared.
     */
    public float[] draw(int round) {
        SplittableRandom random = new SplittableRandom(0x52_4f_4e_44_4fL + round);
        float[] values = new float[flats.of(round).elements()];
        for (int i = 0; i < values.length; i++) {
            double size = 0.05 + random.nextDouble() / 5;
            int bits = Float.floatToRawIntBits((float) (random.nextBoolean() ? size : -size));
            values[i] = Float.intBitsToFloat(i % EVERY == 0 ? (bits & 0xffff_0000) | TIE : bits);
        }
        return values;
    }

    void publish(int round, float[] values, Update... members) {
        FlatLayout flat = flats.of(round);
        List<AdapterChunk> chunks = IntStream.range(0, flat.chunks())
                .mapToObj(ordinal -> chunk(round, 1, flat.chunk(ordinal), values))
                .toList();
        writing.apply(chunks).forEach(chunk -> ledger.adapter(flat.partitionOf(chunk.getOrdinal()), chunk));
        flat.split(values).forEach((name, tensor) -> {
            current.put(name, tensor);
            versions.put(name, round);
        });
        List<Sha256> digests = chunks.stream().map(AdapterChunk::getDigest).toList();
        long now = System.currentTimeMillis();
        RoundPublished published = ledger.signed(new RoundPublished(
                jobUuid,
                round,
                1,
                latest,
                members(members),
                (long) flat.elements(),
                digests,
                Digests.ofDigests(digests),
                versions.entrySet().stream()
                        .map(version -> new TensorVersion(version.getKey(), version.getValue()))
                        .toList(),
                IntStream.range(0, flat.partitions()).mapToObj(partition -> 0L).toList(),
                now,
                now,
                ledger.firstSequence(),
                ledger.lastSequence(),
                ledger.chain(),
                null));
        ledger.round(published);
        Sha256 digest = ledger.digest(published);
        ledger.nextLink(digest);
        ledger.decide(header -> new RoundCompleted(
                header, round, 1, published.getDigest(), digest, published.getChain(), published.getStartOffsets()));
        latest = round;
    }

    /** A chunk of these values under any round and revision. */
    public static AdapterChunk chunk(int round, int revision, FlatLayout.Chunk place, float[] values) {
        return chunk(round, revision, place, values, KIND);
    }

    /** A chunk of a server optimizer's state, which trainers pass over. */
    public static AdapterChunk state(int round, int revision, FlatLayout.Chunk place, float[] values) {
        return chunk(round, -revision, place, values, "momentum");
    }

    private static AdapterChunk chunk(int round, int revision, FlatLayout.Chunk place, float[] values, String kind) {
        byte[] bytes = TensorBytes.encode(io.rondo.log.DType.F32, values, place.position(), place.count());
        return new AdapterChunk(
                round,
                revision,
                place.ordinal(),
                (long) place.position(),
                place.count(),
                ByteBuffer.wrap(bytes),
                Digests.of(bytes),
                kind);
    }

    /** What trainers hold of the tensors that a round shares, once they have loaded what was published so far. */
    float[] expected(int round) {
        return flats.of(round).flatten(current);
    }

    float[] current(String name) {
        Tensor tensor = current.get(name);
        return tensor == null ? null : tensor.values().clone();
    }

    /** The tensors that a round shares. */
    List<TensorShape> shared(int round) {
        return flats.of(round).tensors();
    }

    static List<CohortMember> members(Update... updates) {
        List<CohortMember> members = new ArrayList<>();
        for (Update update : updates) {
            UpdateManifest manifest = update.manifest().record();
            members.add(CohortMember.newBuilder()
                    .setTrainer(manifest.getTrainer())
                    .setAttempt(manifest.getAttempt())
                    .setWeight(1)
                    .setNumExamples(manifest.getNumExamples())
                    .setDigest(manifest.getDigest())
                    .build());
        }
        return members;
    }

    @Override
    public String toString() {
        return "round " + latest + " of " + Arrays.toString(versions.keySet().toArray()) + " by "
                + versions.values().stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
