package io.rondo.bench.model;

import io.rondo.aggregator.fold.AdapterSource;
import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.fold.StashMemory;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.Outbox;
import io.rondo.aggregator.round.RulesVersion;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.cli.job.JobFile;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.log.OffsetRange;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerJoined;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.serde.LogRecords;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.runtime.FederatedJob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Rounds of an aggregator's coordinator and folds in memory: the decisions, the digests and the sums are those of a live
 * aggregator, but there is no broker, and all trainers send the same values.
 */
final class DrivenRounds {
    private static final int RANK = 8;
    private static final int WARM_UP = 3;
    /** A fold works while updates arrive; this many are a usual poll. */
    private static final int POLL = 64;

    private static final AdapterSource NOTHING = (partition, from, chunks) -> {};

    private final List<String> trainers;
    private final FederatedJob job;
    private final JobSubmitted submitted;
    private final FlatLayout flat;
    private final ByteBuffer[] values;
    private final List<Sha256> digests = new ArrayList<>();
    private final Coordinator coordinator;
    private final List<PartitionFold> folds = new ArrayList<>();
    private final List<FoldResult> results = new ArrayList<>();
    private final Map<InputTopic, Long> offsets = new EnumMap<>(InputTopic.class);
    private final Map<String, Size> sizes = new HashMap<>();
    private final List<Decided> fresh = new ArrayList<>();
    private final List<Decided> all = new ArrayList<>();
    private long coordinatorNanos;
    private long foldNanos;

    private record Decided(SpecificRecord record, Sha256 digest) {}

    private record Size(long records, long bytes) {
        Size and(Size more) {
            return new Size(records + more.records, bytes + more.bytes);
        }
    }

    private DrivenRounds(int count, double megabytes, int partitions, int rounds) {
        this.trainers = IntStream.range(0, count).mapToObj("t-%07d"::formatted).toList();
        int columns = (int) Math.max(1, Math.round(megabytes * 1e6 / Float.BYTES / RANK));
        AdapterLayout layout =
                new AdapterLayout(List.of(new TensorShape("model.lora_A.weight", TensorRole.LORA_A, RANK, columns)));
        JobSpec spec = JobSpec.newBuilder(JobFile.of(List.of(
                        "name=model",
                        "model=none",
                        "method=fedsa",
                        "rank=" + RANK,
                        "rounds=" + rounds,
                        "min-trainers=" + count,
                        "max-trainers=" + count,
                        "quorum=" + count,
                        "partitions=" + partitions,
                        "chunk-bytes=" + (megabytes > 4 ? 524_288 : 32_768),
                        "seed=1")))
                .setRules(RulesVersion.NEWEST)
                .build();
        this.submitted = new JobSubmitted(
                UUID.randomUUID().toString(), spec, layout.toAvro(), layout.digest(), 0L, null, null, null);
        this.job = FederatedJob.of(submitted);
        this.flat = job.flat(1);
        this.values = new ByteBuffer[flat.chunks()];
        for (int chunk = 0; chunk < flat.chunks(); chunk++) {
            byte[] bytes = new byte[flat.chunk(chunk).count() * Float.BYTES];
            values[chunk] = ByteBuffer.wrap(bytes);
            digests.add(Digests.of(bytes));
        }
        this.coordinator = new Coordinator("model", partitions);
        for (int partition = 0; partition < partitions; partition++) {
            folds.add(new PartitionFold(
                    partition,
                    Strategies::installed,
                    new SameChunks(),
                    NOTHING,
                    () -> 0L,
                    results::add,
                    StashMemory.of(0)));
        }
    }

    /**
     * Runs rounds and measures them; a few more come first, and warm up the code.
     *
     * @param trainers all of them answer every round
     * @param megabytes of an update, 10⁶ bytes of float32
     */
    static RoundCosts measure(int trainers, double megabytes, int partitions, int rounds) {
        LogRecords.trust();
        DrivenRounds driven = new DrivenRounds(trainers, megabytes, partitions, WARM_UP + rounds);
        driven.start();
        for (int round = 1; round <= WARM_UP; round++) {
            driven.round(round);
        }
        driven.coordinatorNanos = 0;
        driven.foldNanos = 0;
        for (int round = WARM_UP + 1; round <= WARM_UP + rounds; round++) {
            driven.round(round);
        }
        Map<String, Double> bytes = new HashMap<>();
        driven.sizes.forEach((name, size) -> bytes.put(name, (double) size.bytes() / size.records()));
        return new RoundCosts(
                trainers,
                driven.flat.elements() * (double) Float.BYTES / 1e6,
                driven.coordinatorNanos / 1e9 / rounds,
                driven.foldNanos / 1e9 / rounds,
                driven.secondsOfReplay() / driven.all.size(),
                bytes);
    }

    private void start() {
        give(InputTopic.COMMANDS, submitted);
        give(InputTopic.MANIFESTS, manifest(Identifiers.SUBMITTER, "", 0, 0));
        fold();
        for (String trainer : trainers) {
            give(
                    InputTopic.MANIFESTS,
                    TrainerJoined.newBuilder()
                            .setJobUuid(job.uuid())
                            .setTrainer(trainer)
                            .setIncarnation("i-" + trainer)
                            .setLayoutDigest(job.layout().digest())
                            .setNumExamples(1)
                            .setSoftware("rondo bench")
                            .build());
        }
    }

    private void round(int round) {
        for (int trainer = 0; trainer < trainers.size(); trainer++) {
            String id = trainers.get(trainer);
            give(InputTopic.MANIFESTS, manifest(id, "i-" + id, round, trainer));
            if (trainer % POLL == 0) {
                work();
            }
        }
        fold();
        if (coordinator.lastRound() != round + 1 && !coordinator.isOver()) {
            throw new IllegalStateException("round " + round + " was not published");
        }
    }

    /** The folds report the close, and their parts publish the round. */
    private void fold() {
        work();
        List<FoldResult> folded = List.copyOf(results);
        results.clear();
        for (FoldResult result : folded) {
            give(InputTopic.PARTS, ((FoldResult.Folded) result).part());
        }
        work();
    }

    private void work() {
        List<Decided> next = List.copyOf(fresh);
        fresh.clear();
        long began = cpuNanos();
        for (PartitionFold fold : folds) {
            next.forEach(decided -> fold.follow(decided.record()));
            fold.work();
        }
        foldNanos += cpuNanos() - began;
    }

    private void give(InputTopic topic, SpecificRecord record) {
        long offset = offsets.merge(topic, 1L, Long::sum) - 1;
        byte[] body = encode(record);
        noteSize(record, body);
        long began = cpuNanos();
        coordinator.handle(new Input.Received(topic, offset, Digests.of(body), 1L, record), 1L, new Outbox() {
            @Override
            public Sha256 decide(SpecificRecord decision) {
                Decided decided = new Decided(decision, digest(decision));
                fresh.add(decided);
                all.add(decided);
                return decided.digest();
            }

            @Override
            public void tell(SpecificRecord decision) {}

            @Override
            public Sha256 publish(RoundPublished published) {
                return digest(published);
            }
        });
        coordinatorNanos += cpuNanos() - began;
    }

    private Sha256 digest(SpecificRecord record) {
        byte[] body = encode(record);
        noteSize(record, body);
        return Digests.of(body);
    }

    private void noteSize(SpecificRecord record, byte[] body) {
        sizes.merge(record.getSchema().getName(), new Size(1, body.length), Size::and);
    }

    private double secondsOfReplay() {
        Coordinator restarted = new Coordinator("model", folds.size());
        long began = cpuNanos();
        all.forEach(decided -> restarted.replay(decided.record(), decided.digest()));
        return (cpuNanos() - began) / 1e9;
    }

    /** Processor time, which other programs on the machine hardly change. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private UpdateManifest manifest(String trainer, String incarnation, int round, int place) {
        List<OffsetRange> ranges = new ArrayList<>();
        for (int partition = 0; partition < Math.min(folds.size(), flat.chunks()); partition++) {
            long chunks = flat.chunksOf(partition).size();
            ranges.add(new OffsetRange(partition, place * chunks, (place + 1) * chunks - 1));
        }
        return UpdateManifest.newBuilder()
                .setJobUuid(job.uuid())
                .setRound(round)
                .setBaseRound(round - 1)
                .setTrainer(trainer)
                .setIncarnation(incarnation)
                .setAttempt(attempt(trainer, round))
                .setNumExamples(1)
                .setDtype(DType.F32)
                .setElements(flat.elements())
                .setRanges(ranges)
                .setChunkDigests(digests)
                .setDigest(Digests.ofDigests(digests))
                .setMetrics(Map.of())
                .build();
    }

    /** As long as the UUID that a trainer takes. */
    private static String attempt(String trainer, int round) {
        return "%s-%08d-attempt-of-model".formatted(trainer, round);
    }

    private static byte[] encode(SpecificRecord record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new SpecificDatumWriter<SpecificRecord>(record.getSchema()).write(record, encoder);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The chunks of every update, trainer after trainer, made when they are read. */
    private final class SameChunks implements ChunkSource {
        @Override
        public long read(int round, int partition, long first, long last, Sink chunks) {
            List<FlatLayout.Chunk> own = flat.chunksOf(partition);
            for (long offset = first; offset <= last; offset++) {
                String trainer = round == 0 ? Identifiers.SUBMITTER : trainers.get((int) (offset / own.size()));
                FlatLayout.Chunk place = own.get((int) (offset % own.size()));
                chunks.accept(
                        offset,
                        new TensorChunk(
                                trainer,
                                attempt(trainer, round),
                                round,
                                place.ordinal(),
                                (long) place.position(),
                                place.count(),
                                DType.F32,
                                values[place.ordinal()].duplicate(),
                                digests.get(place.ordinal())));
            }
            return last + 1;
        }
    }
}
