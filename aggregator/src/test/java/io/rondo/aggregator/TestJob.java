package io.rondo.aggregator;

import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationReported;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.OffsetRange;
import io.rondo.log.RoundOpened;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerJoined;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A small job, and the records that its submitter and trainers write: three partitions and, with LoRA, ten chunks. */
public final class TestJob {
    public static final String NAME = "test";
    public static final String UUID = "0b4e4f4e-0000-4000-8000-000000000001";
    public static final int PARTITIONS = 3;
    public static final int CHUNK_BYTES = 32;
    public static final long DEADLINE_MS = 10_000;

    private static final AdapterLayout LAYOUT = new AdapterLayout(List.of(
            new TensorShape("q.lora_A", TensorRole.LORA_A, 4, 10),
            new TensorShape("q.lora_B", TensorRole.LORA_B, 10, 4),
            new TensorShape("v.lora_A", TensorRole.LORA_A, 4, 9),
            new TensorShape("classifier", TensorRole.HEAD, 2, 10)));

    private static final AdapterLayout VERA_LAYOUT = new AdapterLayout(List.of(
            new TensorShape("q.vera_lambda_d", TensorRole.VERA_LAMBDA_D, 4),
            new TensorShape("q.vera_lambda_b", TensorRole.VERA_LAMBDA_B, 10),
            new TensorShape("v.vera_lambda_d", TensorRole.VERA_LAMBDA_D, 4),
            new TensorShape("v.vera_lambda_b", TensorRole.VERA_LAMBDA_B, 10),
            new TensorShape("classifier", TensorRole.HEAD, 2, 10)));

    static {
        // makes Avro trust the records of the log, which copying them needs
        new InMemorySchemas().codec().close();
    }

    private final JobSpec spec;

    private TestJob(JobSpec spec) {
        this.spec = spec;
    }

    /** Three trainers at least, two of them a quorum, two rounds. */
    public static TestJob create() {
        return new TestJob(JobSpec.newBuilder()
                .setName(NAME)
                .setModel("none")
                .setMethod("fedsa")
                .setAdapter("lora")
                .setRank(4)
                .setAlpha(8)
                .setTargetModules(List.of("q", "v"))
                .setHead("local")
                .setLabels(List.of("no", "yes"))
                .setRounds(2)
                .setLocalSteps(1)
                .setBatchSize(1)
                .setMaxLength(8)
                .setOptimizer("sgd")
                .setLearningRate(0.1)
                .setCohort("all")
                .setMinTrainers(3)
                .setQuorum("2")
                .setDeadlineMs(DEADLINE_MS)
                .setWeights("examples")
                .setStrategy("weighted-mean")
                .setPartitions(PARTITIONS)
                .setChunkBytes(CHUNK_BYTES)
                .setReplication(1)
                .setRetention("forever")
                .setDtype(DType.F32)
                .setSeed(1)
                .setMaxTrainers(100)
                .build());
    }

    public TestJob with(java.util.function.UnaryOperator<JobSpec.Builder> change) {
        return new TestJob(change.apply(JobSpec.newBuilder(spec)).build());
    }

    public JobSpec spec() {
        return spec;
    }

    private AdapterLayout layout() {
        return spec.getAdapter().equals("vera") ? VERA_LAYOUT : LAYOUT;
    }

    public FlatLayout flat(int round) {
        return FlatLayout.of(
                layout(), SharingPolicy.of(spec), round, spec.getChunkBytes() / Float.BYTES, spec.getPartitions());
    }

    public JobSubmitted submitted() {
        return new JobSubmitted(UUID, spec, layout().toAvro(), layout().digest(), 0L, null, null, null);
    }

    public JobStarted started(DecisionHeader header) {
        return new JobStarted(header, UUID, spec, layout().toAvro(), layout().digest(), null, null);
    }

    /** A round that is open up to 10 ms after 1970. */
    public RoundOpened opened(DecisionHeader header, int round, List<String> cohort, int quorum) {
        FlatLayout flat = flat(round);
        return new RoundOpened(
                header, UUID, round, round - 1, cohort, quorum, 0L, 10L, (long) flat.elements(), flat.chunks(), null);
    }

    public TrainerJoined joined(String trainer, String incarnation) {
        return TrainerJoined.newBuilder()
                .setJobUuid(UUID)
                .setTrainer(trainer)
                .setIncarnation(incarnation)
                .setLayoutDigest(layout().digest())
                .build();
    }

    public EvaluationReported evaluation(String trainer, String incarnation, int round) {
        return new EvaluationReported(UUID, round, trainer, incarnation, Map.of("test/accuracy", 0.5), null);
    }

    /** Values that differ for each trainer and round. */
    public float[] values(String trainer, int round) {
        SplittableRandom random = new SplittableRandom(trainer.hashCode() * 31L + round);
        float[] values = new float[flat(round).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextDouble() - 0.5);
        }
        return values;
    }

    public List<TensorChunk> chunks(String trainer, String attempt, int round, float[] values) {
        DType dtype = dtype(round);
        FlatLayout flat = flat(round);
        return IntStream.range(0, flat.chunks())
                .mapToObj(flat::chunk)
                .map(chunk -> {
                    byte[] bytes = TensorBytes.encode(dtype, values, chunk.position(), chunk.count());
                    return new TensorChunk(
                            trainer,
                            attempt,
                            round,
                            chunk.ordinal(),
                            (long) chunk.position(),
                            chunk.count(),
                            dtype,
                            ByteBuffer.wrap(bytes),
                            Digests.of(bytes));
                })
                .toList();
    }

    /** The manifest of these chunks, which lie one after the other from offset {@code first} in each partition. */
    public UpdateManifest manifest(
            String trainer, String incarnation, int round, List<TensorChunk> chunks, long first) {
        FlatLayout flat = flat(round);
        List<Sha256> digests = chunks.stream().map(TensorChunk::getDigest).toList();
        List<OffsetRange> ranges = new ArrayList<>();
        for (int partition = 0; partition < Math.min(flat.partitions(), flat.chunks()); partition++) {
            ranges.add(new OffsetRange(
                    partition, first, first + flat.chunksOf(partition).size() - 1));
        }
        return UpdateManifest.newBuilder()
                .setJobUuid(UUID)
                .setRound(round)
                .setBaseRound(round - 1)
                .setTrainer(trainer)
                .setIncarnation(incarnation)
                .setAttempt(chunks.get(0).getAttempt())
                .setNumExamples(round == 0 ? 1 : 100 + trainer.length())
                .setDtype(dtype(round))
                .setElements(flat.elements())
                .setRanges(ranges)
                .setChunkDigests(digests)
                .setDigest(Digests.ofDigests(digests))
                .build();
    }

    /** A sound manifest whose chunks a test does not need. */
    public UpdateManifest manifest(String trainer, String incarnation, int round) {
        String attempt = trainer + "-attempt-" + round;
        return manifest(trainer, incarnation, round, chunks(trainer, attempt, round, values(trainer, round)), 0);
    }

    public UpdateManifest initialManifest() {
        return manifest(Identifiers.SUBMITTER, "", 0);
    }

    /** The flat vector of adapter chunks that came from all partitions. */
    public float[] assemble(int round, List<AdapterChunk> chunks) {
        float[] values = new float[flat(round).elements()];
        for (AdapterChunk chunk : chunks) {
            TensorBytes.decode(DType.F32, chunk.getValues(), values, (int) chunk.getPosition(), chunk.getCount());
        }
        return values;
    }

    private DType dtype(int round) {
        return round == 0 ? DType.F32 : spec.getDtype();
    }
}
