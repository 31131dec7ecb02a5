package io.rondo.aggregator.round;

import static io.rondo.schemas.adapter.RejectionReason.BAD_ATTEMPT;
import static io.rondo.schemas.adapter.RejectionReason.BAD_DIGEST;
import static io.rondo.schemas.adapter.RejectionReason.BAD_METRICS;
import static io.rondo.schemas.adapter.RejectionReason.BAD_RANGES;
import static io.rondo.schemas.adapter.RejectionReason.BAD_TRAINER;
import static io.rondo.schemas.adapter.RejectionReason.BAD_WEIGHT;
import static io.rondo.schemas.adapter.RejectionReason.DUPLICATE;
import static io.rondo.schemas.adapter.RejectionReason.FENCED;
import static io.rondo.schemas.adapter.RejectionReason.LATE;
import static io.rondo.schemas.adapter.RejectionReason.NOT_ADMITTED;
import static io.rondo.schemas.adapter.RejectionReason.NOT_IN_COHORT;
import static io.rondo.schemas.adapter.RejectionReason.TOO_MANY_FAULTS;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_BASE_ROUND;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_DTYPE;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_JOB;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_ROUND;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_SHAPE;

import io.rondo.log.DType;
import io.rondo.log.OffsetRange;
import io.rondo.log.Sha256;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.MetricRules;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks whether an update counts, by its manifest alone. The folds check the chunks. */
final class UpdateRules {
    private static final int MAX_FAULTS = 3;
    private static final Pattern ATTEMPT = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final JobState state;

    UpdateRules(JobState state) {
        this.state = state;
    }

    /** The first rule that the manifest breaks. */
    Optional<Refusal> refusal(UpdateManifest manifest, long appendedAt) {
        return sender(manifest).or(() -> round(manifest, appendedAt)).or(() -> content(manifest));
    }

    private Optional<Refusal> sender(UpdateManifest manifest) {
        String trainer = manifest.getTrainer();
        if (!manifest.getJobUuid().equals(state.jobUuid())) {
            return refuse(WRONG_JOB, "job " + manifest.getJobUuid() + ", here runs " + state.jobUuid());
        }
        if (!Identifiers.isValid(trainer)) {
            return refuse(BAD_TRAINER, "trainer '" + trainer + "'");
        }
        if (!ATTEMPT.matcher(manifest.getAttempt()).matches()) {
            return refuse(BAD_ATTEMPT, "attempt '" + manifest.getAttempt() + "', allowed is " + ATTEMPT.pattern());
        }
        if (trainer.equals(Identifiers.SUBMITTER)) {
            // the job's submitter is not a service: it neither joins nor can be fenced
            return Optional.empty();
        }
        if (state.hasEnded(trainer, manifest.getIncarnation())) {
            return refuse(FENCED, "incarnation " + manifest.getIncarnation() + " of " + trainer + " has ended");
        }
        if (!manifest.getIncarnation().equals(state.admitted().get(trainer))) {
            return refuse(
                    NOT_ADMITTED,
                    "incarnation " + manifest.getIncarnation() + " of " + trainer
                            + (state.isAway(trainer, manifest.getIncarnation())
                                    ? " is out, having missed too many rounds; it may join again"
                                    : ""));
        }
        return Optional.empty();
    }

    private Optional<Refusal> round(UpdateManifest manifest, long appendedAt) {
        int round = manifest.getRound();
        if (round < 0 || round > state.lastRound()) {
            return refuse(WRONG_ROUND, "round " + round + " is not open; the last opened is " + state.lastRound());
        }
        if (!(state.phase() instanceof RoundPhase.Open open) || open.round() != round) {
            return refuse(LATE, "round " + round + " is closed");
        }
        if (appendedAt > state.dueAt(open) && !(round == 0 && RulesVersion.waitForRoundZero(state.spec()))) {
            return refuse(LATE, "appended " + (appendedAt - state.dueAt(open)) + " ms after the deadline");
        }
        return asked(manifest, open)
                .or(() -> counted(manifest, open))
                .or(() -> faults(manifest, open))
                .or(() -> base(manifest, open));
    }

    Optional<Refusal> asked(UpdateManifest manifest, RoundPhase.Open open) {
        return open.cohort().contains(manifest.getTrainer())
                ? Optional.empty()
                : refuse(NOT_IN_COHORT, manifest.getTrainer() + " is not asked in round " + open.round());
    }

    private Optional<Refusal> counted(UpdateManifest manifest, RoundPhase.Open open) {
        return open.freshUpdateOf(manifest.getTrainer()).isPresent() || isUsed(manifest, open)
                ? refuse(DUPLICATE, "round " + open.round() + " has an update of " + manifest.getTrainer())
                : Optional.empty();
    }

    /** Whether the manifest's attempt has counted in a round already. */
    boolean isUsed(UpdateManifest manifest, RoundPhase.Open open) {
        return RulesVersion.scopeByTrainer(state.spec())
                ? open.knows(AttemptId.of(manifest))
                : open.knowsName(manifest.getAttempt());
    }

    /** Each revoked update may reopen a closed round; without a limit the round might never end. */
    private static Optional<Refusal> faults(UpdateManifest manifest, RoundPhase.Open open) {
        int faults = open.faultsOf(manifest.getTrainer());
        return faults < MAX_FAULTS
                ? Optional.empty()
                : refuse(
                        TOO_MANY_FAULTS,
                        faults + " updates of " + manifest.getTrainer() + " were revoked in round " + open.round());
    }

    Optional<Refusal> base(UpdateManifest manifest, RoundPhase.Open open) {
        int base = open.opened().getBaseRound();
        return manifest.getBaseRound() == base
                ? Optional.empty()
                : refuse(WRONG_BASE_ROUND, "base round " + manifest.getBaseRound() + ", not " + base);
    }

    Optional<Refusal> content(UpdateManifest manifest) {
        FlatLayout layout = state.flatLayout(manifest.getRound());
        DType dtype = manifest.getRound() == 0 ? DType.F32 : state.spec().getDtype();
        if (manifest.getElements() != layout.elements()
                || manifest.getChunkDigests().size() != layout.chunks()) {
            return refuse(
                    WRONG_SHAPE,
                    manifest.getElements() + " elements in "
                            + manifest.getChunkDigests().size() + " chunks, the round has " + layout.elements() + " in "
                            + layout.chunks());
        }
        if (manifest.getDtype() != dtype) {
            return refuse(WRONG_DTYPE, manifest.getDtype() + ", not " + dtype);
        }
        if (!Digests.ofDigests(manifest.getChunkDigests()).equals(manifest.getDigest())) {
            return refuse(BAD_DIGEST, "the digest is not that of the chunk digests");
        }
        Optional<Sha256> named = manifest.getRound() == 0 ? state.initialDigest() : Optional.empty();
        if (named.isPresent() && !named.get().equals(manifest.getDigest())) {
            return refuse(
                    BAD_DIGEST,
                    "the job was submitted with an initial adapter of digest " + Digests.hex(named.get()) + ", not "
                            + Digests.hex(manifest.getDigest()));
        }
        if (manifest.getNumExamples() < 1 || manifest.getNumExamples() > FieldBounds.MAX_EXAMPLES) {
            return refuse(
                    BAD_WEIGHT, manifest.getNumExamples() + " examples, allowed are 1 to " + FieldBounds.MAX_EXAMPLES);
        }
        if (manifest.getMetrics().size() > MetricRules.MOST) {
            return refuse(BAD_METRICS, manifest.getMetrics().size() + " metrics, allowed are " + MetricRules.MOST);
        }
        return bounds(manifest).or(() -> ranges(manifest.getRanges(), layout));
    }

    private Optional<Refusal> bounds(UpdateManifest manifest) {
        return RulesVersion.boundEveryField(state.spec())
                ? FieldBounds.metrics(manifest.getMetrics()).or(() -> FieldBounds.signature(manifest.getSignature()))
                : Optional.empty();
    }

    /** Each partition that holds chunks has one range that is large enough for them, in ascending order. */
    private static Optional<Refusal> ranges(List<OffsetRange> ranges, FlatLayout layout) {
        int holding = Math.min(layout.partitions(), layout.chunks());
        if (ranges.size() != holding) {
            return refuse(BAD_RANGES, ranges.size() + " ranges, but " + holding + " partitions hold chunks");
        }
        for (int partition = 0; partition < holding; partition++) {
            OffsetRange range = ranges.get(partition);
            long chunks = layout.chunksOf(partition).size();
            boolean roomy = range.getFirst() >= 0
                    && range.getLast() < Long.MAX_VALUE
                    && range.getLast() - range.getFirst() >= chunks - 1;
            if (range.getPartition() != partition || !roomy) {
                return refuse(
                        BAD_RANGES,
                        "range " + range.getFirst() + " to " + range.getLast() + " of partition " + range.getPartition()
                                + " for the " + chunks + " chunks of partition " + partition);
            }
        }
        return Optional.empty();
    }

    private static Optional<Refusal> refuse(RejectionReason reason, String detail) {
        return Optional.of(new Refusal(reason, detail));
    }
}
