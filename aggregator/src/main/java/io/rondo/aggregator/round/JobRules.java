package io.rondo.aggregator.round;

import io.rondo.aggregator.strategy.ServerOptimizers;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.adapter.RoundLayouts;
import java.util.Optional;

/** Whether a submitted job can be run by this aggregator. */
final class JobRules {
    private static final int MAX_ROUNDS = 999_999;
    /** A chunk and its envelope fit under a broker's default limit of 1 MiB. */
    private static final int MAX_CHUNK_BYTES = 1_000_000;

    private final String job;
    private final int partitions;

    /**
     * @param job name of the job that this aggregator serves
     * @param partitions partitions that its topics have
     */
    JobRules(String job, int partitions) {
        this.job = job;
        this.partitions = partitions;
    }

    Optional<Refusal> refusal(JobSubmitted submitted) {
        try {
            check(submitted);
            return Optional.empty();
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.of(new Refusal(RejectionReason.BAD_JOB, String.valueOf(e.getMessage())));
        }
    }

    private void check(JobSubmitted submitted) {
        JobSpec spec = submitted.getSpec();
        require(spec.getName().equals(job), "the job is called '" + spec.getName() + "', its topics '" + job + "'");
        require(
                spec.getPartitions() == partitions,
                spec.getPartitions() + " partitions, but the topics have " + partitions);
        require(spec.getRounds() >= 1 && spec.getRounds() <= MAX_ROUNDS, "rounds: " + spec.getRounds());
        require(
                spec.getChunkBytes() >= Float.BYTES && spec.getChunkBytes() <= MAX_CHUNK_BYTES,
                "chunk-bytes: " + spec.getChunkBytes() + ", allowed are 4 to " + MAX_CHUNK_BYTES);
        require(spec.getMinTrainers() >= 1, "min-trainers: " + spec.getMinTrainers());
        require(spec.getDeadlineMs() >= 1, "deadline: " + spec.getDeadlineMs() + " ms");
        require(spec.getDtype() != DType.UNKNOWN, "dtype: unknown");
        require(
                Rules.areKnown(spec),
                "rules: " + spec.getRules() + ", this aggregator knows 0 to " + Rules.NEWEST + "; use a newer one");
        checkAggregation(spec);
        AdapterKind.of(spec.getAdapter());
        UpdateWeight.of(spec.getWeights());
        checkRoundRules(spec);
        AdapterLayout layout = AdapterLayout.fromAvro(submitted.getLayout());
        require(layout.digest().equals(submitted.getLayoutDigest()), "the layout's digest does not match the layout");
        require(
                RoundLayouts.of(layout, spec).of(0).elements() > 0,
                "the layout has no factor that all trainers start from");
    }

    private static void checkAggregation(JobSpec spec) {
        Strategies.of(spec);
        ServerOptimizers.of(spec);
        require(
                spec.getMaxUpdateNorm() >= 0 && Double.isFinite(spec.getMaxUpdateNorm()),
                "max-update-norm: " + spec.getMaxUpdateNorm());
        require(spec.getClip() >= 0 && Double.isFinite(spec.getClip()), "clip: " + spec.getClip());
    }

    private static void checkRoundRules(JobSpec spec) {
        CohortRule.parse(spec.getCohort());
        Quorum.parse(spec.getQuorum());
        LateUpdates.of(spec.getLateUpdates());
        WithoutQuorum.of(spec.getWithoutQuorum());
        require(spec.getGraceMs() >= 0, "grace: " + spec.getGraceMs() + " ms");
        require(spec.getAbsentAfter() >= 0, "absent-after: " + spec.getAbsentAfter());
        require(
                spec.getStalenessWeight() > 0 && spec.getStalenessWeight() <= 1,
                "staleness-weight: " + spec.getStalenessWeight());
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
