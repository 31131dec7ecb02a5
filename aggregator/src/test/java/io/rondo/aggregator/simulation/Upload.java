package io.rondo.aggregator.simulation;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.DType;
import io.rondo.log.OffsetRange;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One attempt to send an update: chunks a few at a time, then the manifest. Knows what is wrong with it. */
final class Upload {

    /** What only reading the chunks shows. */
    enum Fault {
        NONE,
        MISSING_CHUNK,
        OTHER_BYTES,
        NOT_FINITE
    }

    private final World world;
    private final String trainer;
    private final String incarnation;
    private final String attempt;
    private final int round;
    private final int baseRound;
    private final int numExamples;
    private final FlatLayout flat;
    private final DType dtype;
    private final Contents contents;
    private final Fault fault;
    private final int faultyChunk;
    private final Map<Integer, OffsetRange> ranges = new TreeMap<>();
    private int written;

    Upload(World world, String trainer, String incarnation, int round, int baseRound) {
        this.world = world;
        this.trainer = trainer;
        this.incarnation = incarnation;
        this.attempt = trainer + "-" + world.uploads.size();
        this.round = round;
        this.baseRound = baseRound;
        Dice dice = world.dice;
        this.numExamples = dice.between(1, 1_000);
        this.flat = world.job.flat(round);
        this.dtype = world.job.dtype(round);
        boolean empty = flat.chunks() == 0;
        this.fault = !empty && dice.faultOneIn(6)
                ? dice.pick(List.of(Fault.MISSING_CHUNK, Fault.OTHER_BYTES, Fault.NOT_FINITE))
                : Fault.NONE;
        this.faultyChunk = empty ? -1 : dice.between(0, flat.chunks() - 1);
        int variant = dice.between(0, Contents.VARIANTS - 1);
        // somebody may write in the submitter's name
        boolean named = round == 0 && !dice.faultOneIn(6);
        Contents drawn = Contents.of(named ? Contents.INITIAL : variant, flat, dtype);
        this.contents = fault == Fault.NOT_FINITE
                ? drawn.withNaN(flat.chunk(faultyChunk).position(), flat, dtype)
                : drawn;
        world.uploads.put(attempt, this);
    }

    String attempt() {
        return attempt;
    }

    int round() {
        return round;
    }

    boolean isSound() {
        return fault == Fault.NONE && written == flat.chunks();
    }

    /** What it weighs in a round: less in one that came after its own. */
    double weight(int inRound) {
        double weight = world.job.weight(numExamples);
        return inRound == round ? weight : weight * world.job.spec().getStalenessWeight();
    }

    float value(int element) {
        return contents.value(element);
    }

    boolean isWritten() {
        return written == flat.chunks();
    }

    void writeSome() {
        int last = Math.min(flat.chunks(), written + world.dice.between(1, 6));
        world.tell(() -> this + " writes chunks " + written + " to " + (last - 1));
        for (; written < last; written++) {
            if (fault == Fault.MISSING_CHUNK && written == faultyChunk) {
                // says nonetheless that it is there
                note(written, world.topics.round(round, partition(written)).end());
            } else {
                append(written);
                if (world.dice.faultOneIn(12)) {
                    append(written);
                }
            }
        }
    }

    private void append(int ordinal) {
        byte[] bytes = contents.chunk(ordinal);
        if (fault == Fault.OTHER_BYTES && ordinal == faultyChunk) {
            bytes = bytes.clone();
            bytes[0] ^= 1;
        }
        FlatLayout.Chunk chunk = flat.chunk(ordinal);
        TensorChunk value = new TensorChunk(
                trainer,
                attempt,
                round,
                ordinal,
                (long) chunk.position(),
                chunk.count(),
                dtype,
                ByteBuffer.wrap(bytes),
                contents.digest(ordinal));
        note(ordinal, world.topics.round(round, partition(ordinal)).append(value, null, world.now()));
    }

    private void note(int ordinal, long offset) {
        int partition = partition(ordinal);
        OffsetRange range = ranges.get(partition);
        ranges.put(partition, new OffsetRange(partition, range == null ? offset : range.getFirst(), offset));
    }

    private int partition(int ordinal) {
        return ordinal % world.job.partitions();
    }

    UpdateManifest manifest() {
        return UpdateManifest.newBuilder()
                .setJobUuid(TestJob.UUID)
                .setRound(round)
                .setBaseRound(baseRound)
                .setTrainer(trainer)
                .setIncarnation(incarnation)
                .setAttempt(attempt)
                .setNumExamples(numExamples)
                .setDtype(dtype)
                .setElements(flat.elements())
                .setRanges(roomyRanges())
                .setChunkDigests(contents.digests())
                .setDigest(Digests.ofDigests(contents.digests()))
                .build();
    }

    /** Ranges that the coordinator believes: where a chunk is missing, one offset more than the last that was written. */
    private List<OffsetRange> roomyRanges() {
        List<OffsetRange> roomy = new ArrayList<>();
        ranges.forEach((partition, range) -> roomy.add(new OffsetRange(
                partition,
                range.getFirst(),
                Math.max(
                        range.getLast(),
                        range.getFirst() + flat.chunksOf(partition).size() - 1))));
        return roomy;
    }

    void sendManifest() {
        UpdateManifest manifest = manifest();
        long offset = world.topics.append(InputTopic.MANIFESTS, manifest, world.now());
        world.tell(() -> this + " sends its manifest as " + offset);
        if (world.dice.faultOneIn(8)) {
            long again = world.topics.append(InputTopic.MANIFESTS, manifest, world.now());
            world.tell(() -> this + " sends its manifest again as " + again);
        }
    }

    @Override
    public String toString() {
        return "attempt " + attempt + " of round " + round
                + (fault == Fault.NONE ? "" : " [" + fault + " " + faultyChunk + "]");
    }
}
