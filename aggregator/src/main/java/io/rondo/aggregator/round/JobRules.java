package io.rondo.aggregator.round;

import io.rondo.aggregator.strategy.ServerOptimizers;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.adapter.RoundLayouts;
import io.rondo.schemas.sign.VerifyingKey;
import io.rondo.schemas.text.ForeignText;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;
import java.util.Optional;

/** Checks whether this aggregator can run a submitted job. */
public final class JobRules {
    private static final int MAX_ROUNDS = 999_999;
    /** A chunk and its envelope fit under a broker's default limit of 1 MiB. */
    private static final int MAX_CHUNK_BYTES = 1_000_000;

    private static final int MAX_SHOWN = 80;
    /** What a list of members or chunks may take of the topic's limit; the rest is for the other fields. */
    private static final long BYTES_BESIDE_LISTS = 48_576;

    /** A broker's default limit, which holds for manifests, parts and jobs of up to 5,000 trainers. */
    private static final long DEFAULT_LIMIT = 1 << 20;

    private static final int MOST_IN_DEFAULT_LIMIT = 5_000;
    /** Bytes of a member in RoundClosed or RoundPublished: ids, digest, and the longest encodings of its numbers. */
    private static final long BYTES_A_MEMBER = 190;
    /** Bytes of a chunk in a manifest, a part or a publication: digest and ordinal. */
    private static final long BYTES_A_CHUNK = 37;

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

    /** Why an aggregator cannot run the job, if there is a reason. */
    public static Optional<String> problem(JobSubmitted submitted) {
        JobSpec spec = submitted.getSpec();
        return new JobRules(spec.getName(), spec.getPartitions())
                .refusal(submitted)
                .map(Refusal::detail);
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
                RulesVersion.areKnown(spec),
                "rules: " + spec.getRules() + ", this aggregator knows 0 to " + RulesVersion.NEWEST
                        + "; use a newer one");
        checkAggregation(spec);
        checkKeys(spec);
        if (RulesVersion.boundEveryField(spec)) {
            checkTrainers(spec);
        }
        AdapterKind.of(spec.getAdapter());
        UpdateWeight.of(spec.getWeights());
        checkRoundRules(spec);
        AdapterLayout layout = AdapterLayout.fromAvro(submitted.getLayout());
        require(layout.digest().equals(submitted.getLayoutDigest()), "the layout's digest does not match the layout");
        require(
                RoundLayouts.of(layout, spec).of(0).elements() > 0,
                "the layout has no factor that all trainers start from");
        if (RulesVersion.boundEveryField(spec)) {
            checkRecords(spec, RoundLayouts.of(layout, spec));
        }
    }

    private static void checkTrainers(JobSpec spec) {
        int most = spec.getMaxTrainers();
        int allowed = RulesVersion.mostTrainers(spec);
        require(most >= 1 && most <= allowed, "max-trainers: " + most + ", allowed are 1 to " + allowed);
        require(
                spec.getMinTrainers() <= most,
                "min-trainers: " + spec.getMinTrainers() + ", but max-trainers is " + most);
        List<String> named = spec.getTrainers();
        require(named.size() <= allowed, "trainers: " + named.size() + ", allowed are " + allowed);
        named.forEach(trainer -> require(
                Identifiers.isValid(trainer) && !trainer.equals(Identifiers.SUBMITTER),
                "trainers: '" + ForeignText.brief(trainer, MAX_SHOWN) + "' is no id of a trainer"));
        require(
                named.isEmpty() || spec.getMinTrainers() <= named.size(),
                "min-trainers: " + spec.getMinTrainers() + ", but trainers names " + named.size());
    }

    private static void checkKeys(JobSpec spec) {
        String operator = spec.getOperatorKey();
        String aggregator = spec.getAggregatorKey();
        require(
                operator.isEmpty() || RulesVersion.knowSignatures(spec),
                "operator-key, but rules " + spec.getRules() + " know no signatures");
        require(
                operator.isEmpty() || VerifyingKey.isKey(operator),
                "operator-key: '" + ForeignText.brief(operator, MAX_SHOWN) + "' is no public key");
        require(
                aggregator.isEmpty() || VerifyingKey.isKey(aggregator),
                "aggregator-key: '" + ForeignText.brief(aggregator, MAX_SHOWN) + "' is no public key");
        require(
                aggregator.isEmpty() || !operator.isEmpty(),
                "aggregator-key, but no operator-key: nobody would vouch for it");
        require(
                aggregator.isEmpty() || !aggregator.equals(operator),
                "aggregator-key is the operator-key; each has a key of its own");
    }

    /** A record that is too large for its topic could never be written: the job would stall. */
    private static void checkRecords(JobSpec spec, RoundLayouts layouts) {
        for (int round = 0; round <= 2; round++) {
            long chunks = layouts.of(round).chunks();
            long inParts = chunks * BYTES_A_CHUNK;
            requireFits(spec, chunks, inParts, DEFAULT_LIMIT - BYTES_BESIDE_LISTS);
            requireFits(
                    spec,
                    chunks,
                    spec.getMaxTrainers() * BYTES_A_MEMBER + inParts,
                    (needsLargeRecords(spec) ? JobTopics.LARGE_RECORD_BYTES : DEFAULT_LIMIT) - BYTES_BESIDE_LISTS);
        }
    }

    /** Whether a decision may exceed a broker's default limit for a record, so that its topics need a larger one. */
    public static boolean needsLargeRecords(JobSpec spec) {
        return spec.getMaxTrainers() > MOST_IN_DEFAULT_LIMIT;
    }

    private static void requireFits(JobSpec spec, long chunks, long bytes, long allowed) {
        require(
                bytes <= allowed,
                "max-trainers " + spec.getMaxTrainers() + " and " + chunks + " chunks need records of " + bytes
                        + " bytes, allowed are " + allowed + "; raise chunk-bytes or lower max-trainers");
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
