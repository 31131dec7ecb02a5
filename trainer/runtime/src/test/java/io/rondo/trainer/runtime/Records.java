package io.rondo.trainer.runtime;

import io.rondo.log.CohortMember;
import io.rondo.log.DType;
import io.rondo.log.DecisionHeader;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.TensorVersion;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A small job on the pocket trainer, and the records that its aggregator writes: three partitions, many chunks. */
public final class Records {
    public static final String UUID = "0b4e4f4e-0000-4000-8000-000000000001";

    private final FederatedJob job;

    private Records(FederatedJob job) {
        this.job = job;
    }

    public static Records of(String method, int rounds) {
        return of(submitted(method, rounds, DType.F32));
    }

    public static Records of(JobSubmitted submitted) {
        return new Records(FederatedJob.of(submitted));
    }

    public static JobSubmitted submitted(String method, int rounds, DType dtype) {
        ModelSettings model =
                new ModelSettings("pocket", Path.of("cache"), AdapterKind.LORA, 4, 8, List.of("query", "value"), 2);
        AdapterLayout layout = new AdapterLayout(new PocketTrainerFactory().describe(model));
        JobSpec spec = JobSpec.newBuilder()
                .setName("test")
                .setModel("pocket")
                .setMethod(method)
                .setAdapter("lora")
                .setRank(4)
                .setAlpha(8)
                .setTargetModules(List.of("query", "value"))
                .setHead("local")
                .setLabels(List.of("bad", "good"))
                .setRounds(rounds)
                .setLocalSteps(3)
                .setBatchSize(4)
                .setMaxLength(16)
                .setOptimizer("sgd")
                .setLearningRate(0.05)
                .setCohort("all")
                .setMinTrainers(2)
                .setQuorum("2")
                .setDeadlineMs(10_000)
                .setWeights("examples")
                .setStrategy("weighted-mean")
                .setPartitions(3)
                .setChunkBytes(64)
                .setReplication(1)
                .setRetention("forever")
                .setDtype(dtype)
                .setSeed(1)
                .build();
        return new JobSubmitted(UUID, spec, layout.toAvro(), layout.digest(), 0L, null, null, null);
    }

    public FederatedJob job() {
        return job;
    }

    public static DecisionHeader header() {
        return new DecisionHeader(0L, new Source("clock", -1L, null, -1L), 0L);
    }

    public RoundOpened opened(int round, String... cohort) {
        FlatLayout flat = job.flat(round);
        return new RoundOpened(
                header(),
                UUID,
                round,
                round - 1,
                List.of(cohort),
                1,
                0L,
                10_000L,
                (long) flat.elements(),
                flat.chunks(),
                null);
    }

    /** A publication with these digests; every tensor ever shared has its last version up to this round. */
    public RoundPublished published(int round, List<Sha256> chunkDigests, List<Long> startOffsets) {
        Map<String, Integer> versions = new TreeMap<>();
        for (int r = 0; r <= round; r++) {
            int version = r;
            job.flat(r).tensors().forEach(tensor -> versions.put(tensor.name(), version));
        }
        return new RoundPublished(
                UUID,
                round,
                1,
                round - 1,
                List.<CohortMember>of(),
                (long) job.flat(round).elements(),
                chunkDigests,
                Digests.ofDigests(chunkDigests),
                versions.entrySet().stream()
                        .map(entry -> new TensorVersion(entry.getKey(), entry.getValue()))
                        .toList(),
                startOffsets,
                0L,
                0L,
                0L,
                0L,
                Digests.of(),
                null);
    }

    /** A publication for those who do not look at its digests. */
    public RoundPublished published(int round) {
        return published(round, List.of(), List.of(0L, 0L, 0L));
    }

    public static RoundFailed failed(int round) {
        return new RoundFailed(header(), round, "aborted", "");
    }

    public static UpdateRejected rejected(
            int round, String trainer, String incarnation, String attempt, String reason) {
        return new UpdateRejected(header(), round, trainer, incarnation, attempt, reason, "a detail", false);
    }

    public static TrainerAdmitted admitted(String trainer, String incarnation) {
        return new TrainerAdmitted(header(), trainer, incarnation, null, "");
    }

    public static InputRefused joinRefused(String trainer, String incarnation, String reason) {
        return new InputRefused(header(), reason, "a detail", -1, trainer, incarnation, 1L, -1L);
    }

    public static RoundExtended extended(int round) {
        return new RoundExtended(header(), round, 0L, 0, List.of("a"), 1);
    }

    public static RoundReopened reopened(int round) {
        return new RoundReopened(header(), round, 0L);
    }

    public static JobFinished finished() {
        return new JobFinished(header(), UUID, "");
    }

    public static JobAborted aborted(String reason) {
        return new JobAborted(header(), UUID, reason);
    }
}
