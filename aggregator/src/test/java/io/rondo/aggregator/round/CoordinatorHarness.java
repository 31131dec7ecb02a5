package io.rondo.aggregator.round;

import io.rondo.aggregator.TestJob;
import io.rondo.log.ChunkDigest;
import io.rondo.log.PartFolded;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** A coordinator with a clock, input offsets and an outbox that tests can read. */
final class CoordinatorHarness {
    final TestJob job;
    final List<SpecificRecord> decisions = new ArrayList<>();
    final List<Sha256> digests = new ArrayList<>();
    final List<RoundPublished> published = new ArrayList<>();
    final List<SpecificRecord> told = new ArrayList<>();
    private final List<Input> inputs = new ArrayList<>();
    Coordinator coordinator;
    long now = 1_000;
    private long offset;

    CoordinatorHarness(TestJob job) {
        this.job = job;
        this.coordinator = new Coordinator(TestJob.NAME, job.spec().getPartitions());
    }

    /** A job whose round 0 is published and whose trainers have joined, so that round 1 is open. */
    static CoordinatorHarness withOpenRound(TestJob job, String... trainers) {
        CoordinatorHarness harness = new CoordinatorHarness(job);
        harness.command(job.submitted());
        harness.manifest(job.initialManifest());
        harness.foldAll();
        for (String trainer : trainers) {
            harness.manifest(job.joined(trainer, "i-" + trainer));
        }
        return harness;
    }

    void command(SpecificRecord command) {
        give(InputTopic.COMMANDS, command);
    }

    void manifest(SpecificRecord record) {
        give(InputTopic.MANIFESTS, record);
    }

    void update(String trainer, int round) {
        manifest(job.manifest(trainer, "i-" + trainer, round));
    }

    void part(SpecificRecord record) {
        give(InputTopic.PARTS, record);
    }

    void unreadable(InputTopic topic, RejectionReason reason) {
        handle(new Input.Unreadable(topic, offset++, Digests.of(new byte[] {1}), now, reason, "for a test"));
    }

    void clock() {
        handle(new Input.Clock(now));
    }

    /** Every partition reports the close that was decided last. */
    void foldAll() {
        RoundClosed closed = last(RoundClosed.class);
        for (int partition = 0; partition < job.spec().getPartitions(); partition++) {
            part(folded(closed.getRound(), closed.getRevision(), partition));
        }
    }

    PartFolded folded(int round, int revision, int partition) {
        List<ChunkDigest> chunks = job.flat(round).chunksOf(partition).stream()
                .map(FlatLayout.Chunk::ordinal)
                .map(ordinal -> new ChunkDigest(
                        ordinal, Digests.of((round + "/" + ordinal).getBytes(StandardCharsets.US_ASCII))))
                .toList();
        return new PartFolded(round, revision, partition, chunks, 0L, 1, 0L, Map.of(), List.of());
    }

    /** Gives a new coordinator what it asks for of the inputs before it started. */
    void readAgain() {
        List.copyOf(inputs).stream()
                .filter(input -> InputTopic.of(input.source().getTopic())
                        .filter(topic -> input.source().getOffset() >= coordinator.unansweredFrom(topic))
                        .isPresent())
                .forEach(this::answer);
    }

    /** A new coordinator that knows nothing but the log. */
    void restart() {
        coordinator = new Coordinator(TestJob.NAME, job.spec().getPartitions());
        for (int i = 0; i < decisions.size(); i++) {
            coordinator.replay(decisions.get(i), digests.get(i));
        }
    }

    private void give(InputTopic topic, SpecificRecord record) {
        handle(new Input.Received(topic, offset++, digest(record), now, record));
    }

    void handle(Input input) {
        inputs.add(input);
        answer(input);
    }

    /** Answers refused records that wait to be answered together. */
    void settle() {
        coordinator.settle(outbox);
    }

    private void answer(Input input) {
        coordinator.handle(input, now, outbox);
    }

    private final Outbox outbox = new Outbox() {
        @Override
        public Sha256 decide(SpecificRecord decision) {
            Sha256 digest = digest(decision);
            decisions.add(decision);
            digests.add(digest);
            return digest;
        }

        @Override
        public void tell(SpecificRecord decision) {
            told.add(decision);
        }

        @Override
        public Sha256 publish(RoundPublished record) {
            published.add(record);
            return digest(record);
        }
    };

    <T extends SpecificRecord> List<T> all(Class<T> type) {
        return decisions.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends SpecificRecord> T last(Class<T> type) {
        List<T> all = all(type);
        if (all.isEmpty()) {
            throw new AssertionError("no " + type.getSimpleName() + " among " + decisions);
        }
        return all.get(all.size() - 1);
    }

    RoundOpened open() {
        return last(RoundOpened.class);
    }

    static Sha256 digest(SpecificRecord record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new SpecificDatumWriter<SpecificRecord>(record.getSchema(), SpecificData.getForClass(record.getClass()))
                    .write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Digests.of(out.toByteArray());
    }
}
