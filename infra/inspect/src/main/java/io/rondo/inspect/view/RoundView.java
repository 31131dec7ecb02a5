package io.rondo.inspect.view;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.log.UpdateVectors;
import io.rondo.aggregator.log.Vectors;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** One round of a job: who sent what and when, what became of it, and every decision about it. */
public final class RoundView {
    private final JobRecords records;
    private final int round;
    private final List<JobRecords.Decision> decisions;
    private final RoundOpened opened;
    private final Optional<RoundPublished> published;
    private final List<SentUpdate> updates;

    private RoundView(
            JobRecords records,
            int round,
            RoundOpened opened,
            Optional<RoundPublished> published,
            List<SentUpdate> updates) {
        this.records = records;
        this.round = round;
        this.decisions = records.decisions(round);
        this.opened = opened;
        this.published = published;
        this.updates = updates;
    }

    /**
     * Reads a round.
     *
     * @throws RondoException with {@code ROUND_NOT_FOUND} when it was never opened
     */
    public static RoundView read(JobLog log, int round) {
        JobRecords records = JobRecords.read(log);
        List<JobRecords.Decision> decisions = records.decisions(round);
        RoundOpened opened = decisions.stream()
                .map(JobRecords.Decision::record)
                .filter(RoundOpened.class::isInstance)
                .map(RoundOpened.class::cast)
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new RondoException(
                        ErrorCode.ROUND_NOT_FOUND,
                        "round " + round + " was never opened",
                        "list the rounds by `rondo rounds`"));
        Optional<RoundPublished> published = records.publications().stream()
                .filter(publication -> publication.getRound() == round)
                .findFirst();
        try (UpdateVectors vectors = new UpdateVectors(log, records.shape(), List.of(round))) {
            return new RoundView(
                    records, round, opened, published, updates(records, decisions, opened, published, vectors));
        }
    }

    private static List<SentUpdate> updates(
            JobRecords records,
            List<JobRecords.Decision> decisions,
            RoundOpened opened,
            Optional<RoundPublished> published,
            UpdateVectors vectors) {
        Optional<float[]> average = published.map(publication -> records.adapter(publication.getRound()));
        Optional<float[]> base = base(records, opened);
        Map<AttemptId, SentUpdate> updates = new LinkedHashMap<>();
        for (JobRecords.Decision decision : decisions) {
            DecisionHeader header = DecisionKind.header(decision.record());
            if (decision.record() instanceof UpdateAccepted accepted) {
                updates.put(
                        AttemptId.of(accepted.getManifest()),
                        accepted(accepted.getManifest(), header.getDecidedAt(), opened, vectors, base, average));
            } else if (decision.record() instanceof UpdateRejected rejected) {
                SentUpdate before = rejected.getRevoked() ? updates.remove(AttemptId.of(rejected)) : null;
                updates.put(
                        new AttemptId(rejected.getTrainer(), rejected.getAttempt() + "/" + header.getSequence()),
                        rejected(rejected, header.getDecidedAt(), opened, before));
            }
        }
        return List.copyOf(updates.values());
    }

    /** What the round's updates started from; empty for round 0. */
    private static Optional<float[]> base(JobRecords records, RoundOpened opened) {
        if (opened.getBaseRound() < 0) {
            return Optional.empty();
        }
        Map<String, Tensor> tensors = records.tensors(opened.getBaseRound());
        return Optional.of(records.shape().flat(opened.getRound()).flatten(tensors));
    }

    private static SentUpdate accepted(
            UpdateManifest manifest,
            long at,
            RoundOpened opened,
            UpdateVectors vectors,
            Optional<float[]> base,
            Optional<float[]> average) {
        Optional<float[]> values = vectors.of(manifest);
        OptionalLong first = vectors.firstSentAt(manifest);
        return new SentUpdate(
                manifest.getTrainer(),
                manifest.getAttempt(),
                SentUpdate.ACCEPTED,
                "",
                (at - opened.getOpenedAt()) / 1e3,
                first.isPresent() ? OptionalDouble.of((at - first.getAsLong()) / 1e3) : OptionalDouble.empty(),
                OptionalLong.of(manifest.getElements() * TensorBytes.width(manifest.getDtype())),
                OptionalLong.of(manifest.getNumExamples()),
                both(values, base)
                        .map(pair -> OptionalDouble.of(Vectors.distance(pair.get(0), pair.get(1))))
                        .orElse(OptionalDouble.empty()),
                both(values, average)
                        .map(pair -> OptionalDouble.of(
                                Vectors.distance(pair.get(0), pair.get(1)) / Vectors.norm(pair.get(1))))
                        .orElse(OptionalDouble.empty()),
                Optional.of(Digests.hex(manifest.getDigest())));
    }

    private static Optional<List<float[]>> both(Optional<float[]> one, Optional<float[]> other) {
        return one.isPresent() && other.isPresent() ? Optional.of(List.of(one.get(), other.get())) : Optional.empty();
    }

    private static SentUpdate rejected(UpdateRejected rejected, long at, RoundOpened opened, SentUpdate before) {
        return new SentUpdate(
                rejected.getTrainer(),
                rejected.getAttempt(),
                rejected.getReason(),
                rejected.getDetail(),
                before == null ? (at - opened.getOpenedAt()) / 1e3 : before.after(),
                before == null ? OptionalDouble.empty() : before.upload(),
                before == null ? OptionalLong.empty() : before.bytes(),
                before == null ? OptionalLong.empty() : before.examples(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                before == null ? Optional.empty() : before.digest());
    }

    JobRecords records() {
        return records;
    }

    int round() {
        return round;
    }

    RoundOpened opened() {
        return opened;
    }

    Optional<RoundPublished> published() {
        return published;
    }

    List<SentUpdate> updates() {
        return updates;
    }

    /** What closed the round, and how many times it was closed. */
    Optional<RoundClosed> closed() {
        return decisions.stream()
                .map(JobRecords.Decision::record)
                .filter(RoundClosed.class::isInstance)
                .map(RoundClosed.class::cast)
                .reduce((one, later) -> later);
    }

    FlatLayout flat() {
        return records.shape().flat(round);
    }

    /** Every decision: its sequence, offset, kind, what it answers, and seconds since the opening. */
    List<List<String>> decisionRows() {
        List<List<String>> rows = new ArrayList<>();
        for (JobRecords.Decision decision : decisions) {
            DecisionHeader header = DecisionKind.header(decision.record());
            String source = header.getSource().getOffset() < 0
                    ? header.getSource().getTopic()
                    : header.getSource().getTopic() + "@" + header.getSource().getOffset();
            rows.add(List.of(
                    Long.toString(header.getSequence()),
                    Long.toString(decision.offset()),
                    decision.record().getSchema().getName(),
                    source,
                    NumberText.decimals(3, (header.getDecidedAt() - opened.getOpenedAt()) / 1e3)));
        }
        return rows;
    }
}
