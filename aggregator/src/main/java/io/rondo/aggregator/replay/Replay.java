package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.log.AdapterStream;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobShape;
import io.rondo.aggregator.log.LoggedDecisions;
import io.rondo.aggregator.log.LoggedInputs;
import io.rondo.aggregator.log.Publications;
import io.rondo.aggregator.log.Vectors;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.RulesVersion;
import io.rondo.aggregator.strategy.NormClip;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.Lineage;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundPublished;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reruns the rounds of a job under other rules, with the coordinator and the folds of a live aggregator. The updates are
 * those of history: each round is exact for them, but they were trained on history's adapters, not on those of the replay.
 */
public final class Replay {
    /** Why an update that was complete in history cannot be read now. */
    private static final Set<String> DAMAGE = Set.of(
            RejectionReason.BAD_DIGEST.id(), RejectionReason.MISSING_CHUNK.id(), RejectionReason.BAD_RANGES.id());

    private final JobLog history;
    private final ReplayRules rules;
    private final int last;
    private final JobStarted job;
    private final JobShape shape;
    private final List<RecordedRound> rounds;
    private final Publications publications;
    private final String uuid = UUID.randomUUID().toString();

    private final Map<String, float[]> current = new HashMap<>();
    private float[] adapter = new float[0];
    private RoundPublished published;
    private boolean failed;
    private final Set<String> sent = new HashSet<>();
    private final Map<Long, UpdateManifest> taken = new HashMap<>();
    private int rejected;
    private UpdateRejected damaged;

    /**
     * Reads the decisions of the job.
     *
     * @param last the last round to run; unpublished rounds are not run
     * @throws RondoException with {@code REPLAY_IMPOSSIBLE} when there is no such round
     */
    public Replay(JobLog history, ReplayRules rules, int last) {
        this.history = history;
        this.rules = rules;
        LoggedDecisions decisions = LoggedDecisions.read(history);
        this.job =
                decisions.job().orElseThrow(() -> impossible("the job has not started", "start an aggregator first"));
        RulesVersion.requireKnown(job.getSpec());
        this.shape = new JobShape(job);
        this.rounds = RecordedRound.of(decisions.all(), LoggedInputs.read(history)).stream()
                .filter(round -> round.round() <= last)
                .toList();
        this.publications = Publications.read(history, shape);
        if (rounds.isEmpty()) {
            throw impossible("no round is published", "wait for round 0");
        }
        this.last = rounds.get(rounds.size() - 1).round();
        requireTrainers(decisions);
        requireUpdates();
    }

    private void requireTrainers(LoggedDecisions decisions) {
        List<String> known = decisions.all().stream()
                .map(LoggedDecisions.Logged::decision)
                .filter(TrainerAdmitted.class::isInstance)
                .map(admitted -> ((TrainerAdmitted) admitted).getTrainer())
                .distinct()
                .sorted()
                .toList();
        rules.without().stream()
                .filter(trainer -> !known.contains(trainer))
                .findFirst()
                .ifPresent(unknown -> {
                    throw impossible(
                            "no trainer '" + unknown + "' took part in the job",
                            "give one of " + String.join(", ", known));
                });
    }

    private void requireUpdates() {
        rounds.stream()
                .map(RecordedRound::round)
                .filter(round -> !history.holds(round))
                .findFirst()
                .ifPresent(gone -> {
                    throw new RondoException(
                            ErrorCode.LOG_INCOMPLETE,
                            "the updates of round " + gone + " are gone: there is no topic "
                                    + history.topics().round(gone).name(),
                            gone == 0
                                    ? "restore the topic from an archive"
                                    : "end with --to " + (gone - 1) + ", or restore the topic");
                });
    }

    /** The last round that is run. */
    public int last() {
        return last;
    }

    /** The rounds that history skipped for want of a quorum; they are skipped again. */
    public List<Integer> skipped() {
        return rounds.stream()
                .filter(RecordedRound::isSkipped)
                .map(RecordedRound::round)
                .toList();
    }

    /** The settings of the job under the changed rules. */
    public JobSpec spec() {
        JobSpec changed = rules.apply(job.getSpec());
        long first = rounds.size() < 2
                ? 1
                : rounds.get(1).opened().getCohort().stream()
                        .filter(trainer -> !rules.without().contains(trainer))
                        .count();
        return JobSpec.newBuilder(changed)
                .setRounds(Math.max(1, last))
                .setMinTrainers((int) Math.max(1, first))
                // the branch's records are unsigned
                .setOperatorKey("")
                .setAggregatorKey("")
                .build();
    }

    /**
     * Runs all rounds from the first on.
     *
     * @param target receives the rounds; the caller closes it
     * @throws RondoException with {@code REPLAY_IMPOSSIBLE} when a round has no quorum under these rules, or has one but had
     *     none in history
     */
    public void run(BranchTarget target, ReplayListener listener) {
        int partitions = history.topics().partitions();
        List<Integer> numbers = rounds.stream().map(RecordedRound::round).toList();
        List<ChunkSource> chunks = new ArrayList<>();
        try (AdapterStream adapters = new AdapterStream(history, shape);
                LocalAggregator aggregator =
                        new LocalAggregator(target.topics(), history.codec(), target, this::openedAt, told)) {
            for (int partition = 0; partition < partitions; partition++) {
                chunks.add(history.chunks(partition, numbers));
            }
            aggregator.answer(
                    InputTopic.COMMANDS, submitted(), rounds.get(0).opened().getOpenedAt());
            for (RecordedRound round : rounds) {
                run(round, target, chunks, aggregator);
                if (round.isSkipped()) {
                    continue;
                }
                float[] before = adapters.of(publication(round.round()));
                keep(shape.flat(round.round()), before);
                listener.done(
                        new ReplayedRound(
                                round.round(),
                                trainers(published),
                                trainers(publication(round.round())),
                                rejected,
                                Vectors.distance(adapter, before) / Vectors.norm(before),
                                Vectors.cosine(adapter, before)),
                        shape.flat(round.round()),
                        adapter);
            }
            target.complete();
        } finally {
            chunks.forEach(ChunkSource::close);
        }
    }

    private RoundPublished publication(int round) {
        return publications
                .of(round)
                .map(Publications.Published::record)
                .orElseThrow(() -> new RondoException(
                        ErrorCode.LOG_INCONSISTENT,
                        "round " + round + " is decided but not published",
                        "run `rondo verify`, which names what is wrong"));
    }

    private JobSubmitted submitted() {
        Lineage lineage = new Lineage(
                job.getSpec().getName(),
                job.getJobUuid(),
                0,
                rounds.get(0).completed().getDigest());
        return new JobSubmitted(
                uuid,
                spec(),
                job.getLayout(),
                job.getLayoutDigest(),
                rounds.get(0).opened().getOpenedAt(),
                lineage,
                job.getInitialDigest(),
                null);
    }

    private long openedAt(int round) {
        RecordedRound last = rounds.get(rounds.size() - 1);
        return round < rounds.size()
                ? rounds.get(round).opened().getOpenedAt()
                : last.completed().getHeader().getDecidedAt();
    }

    private void run(RecordedRound round, BranchTarget target, List<ChunkSource> chunks, LocalAggregator aggregator) {
        if (aggregator.lastRound() != round.round()) {
            throw impossible("no trainer is left in round " + round.round(), "leave fewer trainers out");
        }
        rejected = 0;
        sent.clear();
        published = null;
        failed = false;
        adapter = new float[shape.flat(round.round()).elements()];
        take(round, target, chunks);
        for (Input event : round.events()) {
            if (event instanceof Input.Received received) {
                give(received, round, aggregator);
            } else if (rules.deadlineMs().isEmpty() && isDue(round, aggregator, event.at())) {
                tick(round, aggregator, event.at());
            }
        }
        aggregator.work();
        requireUndamaged();
        for (int patience = 0; published == null && !failed; patience++) {
            OptionalLong deadline = aggregator.deadline();
            if (deadline.isEmpty() || patience > 1) {
                throw withoutQuorum(round);
            }
            tick(round, aggregator, deadline.getAsLong() + 1);
            aggregator.work();
            requireUndamaged();
        }
        if (failed && !round.isSkipped()) {
            throw withoutQuorum(round);
        } else if (!failed && round.isSkipped()) {
            throw impossible(
                    "round " + round.round() + " was skipped for want of a quorum, and has one under these rules:"
                            + " the updates behind it were trained on an older adapter",
                    "end with --to " + (round.round() - 1) + ", or give other rules");
        }
    }

    private static RondoException withoutQuorum(RecordedRound round) {
        return impossible(
                "round " + round.round() + " has no quorum under these rules",
                "leave fewer trainers out, give a longer --deadline, or end with --to " + (round.round() - 1));
    }

    /** After a skipped round the next one follows at once and opens at its original time. */
    private void tick(RecordedRound round, LocalAggregator aggregator, long at) {
        aggregator.tick(at, round.isSkipped() ? openedAt(round.round() + 1) : at);
    }

    /** A changed deadline expires right after its time; an unchanged one at its original moment. */
    private void give(Input.Received event, RecordedRound round, LocalAggregator aggregator) {
        SpecificRecord record = event.value();
        if (rules.without().contains(trainer(record))) {
            return;
        }
        if (record instanceof UpdateManifest update && !sent.add(update.getTrainer())) {
            // a second one counts if reading has shown that the first one is faulty
            aggregator.work();
        }
        while (rules.deadlineMs().isPresent() && isDue(round, aggregator, event.at())) {
            tick(round, aggregator, aggregator.deadline().getAsLong() + 1);
        }
        aggregator.answer(InputTopic.MANIFESTS, inBranch(event), event.at());
    }

    private static boolean isDue(RecordedRound round, LocalAggregator aggregator, long at) {
        OptionalLong deadline = aggregator.deadline();
        return aggregator.lastRound() == round.round() && deadline.isPresent() && deadline.getAsLong() < at;
    }

    private static String trainer(SpecificRecord record) {
        return record instanceof UpdateManifest update
                ? update.getTrainer()
                : record instanceof TrainerJoined joined ? joined.getTrainer() : ((TrainerLeft) record).getTrainer();
    }

    /** The record for the branch: with the branch's job and without the signature, which covered the original job. */
    private SpecificRecord inBranch(Input.Received event) {
        SpecificRecord record = event.value();
        if (record instanceof UpdateManifest) {
            return UpdateManifest.newBuilder(taken.remove(event.source().getOffset()))
                    .setJobUuid(uuid)
                    .setSignature(null)
                    .build();
        } else if (record instanceof TrainerJoined joined) {
            return TrainerJoined.newBuilder(joined)
                    .setJobUuid(uuid)
                    .setSignature(null)
                    .build();
        }
        return TrainerLeft.newBuilder((TrainerLeft) record)
                .setJobUuid(uuid)
                .setSignature(null)
                .build();
    }

    /** Adds the updates of a round to the branch; some of them may count in the next round. */
    private void take(RecordedRound round, BranchTarget target, List<ChunkSource> chunks) {
        List<Input.Received> events = round.updates(rules.without());
        List<UpdateManifest> updates = inTarget(
                round,
                events.stream().map(event -> (UpdateManifest) event.value()).toList(),
                target,
                chunks);
        for (int i = 0; i < updates.size(); i++) {
            taken.put(events.get(i).source().getOffset(), updates.get(i));
        }
    }

    private List<UpdateManifest> inTarget(
            RecordedRound round, List<UpdateManifest> updates, BranchTarget target, List<ChunkSource> chunks) {
        if (rules.clip().isEmpty() || round.round() == 0) {
            return target.take(round.round(), updates, chunks);
        }
        FlatLayout flat = shape.flat(round.round());
        ClippedChunks clipped =
                new ClippedChunks(flat, new NormClip(rules.clip().getAsDouble()), base(flat));
        updates.forEach(update -> clipped.add(update, chunks));
        return target.take(round.round(), clipped.updates(), clipped.sources());
    }

    /** The base of a round's updates: each tensor's latest value as published in history, not in the branch. */
    private float[] base(FlatLayout flat) {
        float[] base = new float[flat.elements()];
        int position = 0;
        for (TensorShape tensor : flat.tensors()) {
            System.arraycopy(current.get(tensor.name()), 0, base, position, tensor.size());
            position += tensor.size();
        }
        return base;
    }

    private void keep(FlatLayout flat, float[] values) {
        flat.split(values).forEach((name, tensor) -> current.put(name, tensor.values()));
    }

    /** Collects from the aggregator's records what is reported about the round. */
    private final LocalAggregator.Listener told = new LocalAggregator.Listener() {
        @Override
        public void decided(SpecificRecord decision) {
            if (decision instanceof RoundFailed) {
                failed = true;
            } else if (decision instanceof UpdateRejected rejection) {
                rejected++;
                if (DAMAGE.contains(rejection.getReason())
                        && hasCounted(rejection.getRound(), AttemptId.of(rejection))) {
                    damaged = rejection;
                }
            }
        }

        @Override
        public void folded(AdapterChunk chunk) {
            TensorBytes.decode(DType.F32, chunk.getValues(), adapter, (int) chunk.getPosition(), chunk.getCount());
        }

        @Override
        public void published(RoundPublished publication) {
            published = publication;
        }
    };

    private boolean hasCounted(int round, AttemptId attempt) {
        return publications.of(round).stream()
                .flatMap(found -> found.record().getMembers().stream())
                .anyMatch(member -> AttemptId.of(member).equals(attempt));
    }

    /** Updates that counted in history were complete then: a replay without one of them would be misleading. */
    private void requireUndamaged() {
        if (damaged != null) {
            throw new RondoException(
                    ErrorCode.LOG_INCONSISTENT,
                    "the update of trainer '" + damaged.getTrainer() + "' in round " + damaged.getRound()
                            + " is not what was counted: " + damaged.getReason() + ", " + damaged.getDetail(),
                    "run `rondo verify`, which names the place; "
                            + (damaged.getRound() == 0
                                    ? "restore the job from an archive"
                                    : "end with --to " + (damaged.getRound() - 1)
                                            + ", leave the trainer out by --without, or restore the job from an"
                                            + " archive"));
        }
    }

    private static List<String> trainers(RoundPublished round) {
        return round.getMembers().stream().map(CohortMember::getTrainer).toList();
    }

    private static RondoException impossible(String what, String next) {
        return new RondoException(ErrorCode.REPLAY_IMPOSSIBLE, what, next);
    }
}
