package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.MeasurementPlan;
import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.OrderStatistic;
import io.rondo.aggregator.strategy.RunningStrategy;
import io.rondo.aggregator.strategy.SelectingStrategy;
import io.rondo.aggregator.strategy.ServerOptimizers;
import io.rondo.aggregator.strategy.StrategySettings;
import io.rondo.aggregator.strategy.WeightedMean;
import io.rondo.log.AdapterChunk;
import io.rondo.log.ChunkDigest;
import io.rondo.log.CohortMember;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RoundLayouts;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/**
 * Folds one partition of a job. {@link #follow} takes note of a decision, {@link #work} does what the decisions so far ask
 * for: it adds accepted updates as they come, so that at the close only the last is still to be read, and starts over from
 * the log whenever the sum is not of the updates that the close names, in their order.
 */
public final class PartitionFold implements AutoCloseable {
    private final int partition;
    private final Function<String, AggregationStrategy> strategies;
    private final ChunkSource chunks;
    private final AdapterSource adapters;
    private final StashMemory memory;
    private final LongSupplier adapterEnd;
    private final Consumer<FoldResult> results;

    private ChunkStash stash;
    private UpdateReader reader;
    private JobSpec spec;
    private RoundLayouts layouts;
    private AggregationStrategy strategy;
    private ServerState serverState;
    private Optional<ServerStep> serverStep = Optional.empty();
    private long lastSequence = -1;
    private int lastOpened = -1;

    private final DecidedRound round = new DecidedRound();
    private Measurement measurement;
    private int measuredRound = -1;
    private int measuredRevision;
    private int foldedRound = -1;
    private int foldedRevision;
    private PartialSum sum;
    private long adapterStart;

    /**
     * @param strategies finds the strategy that the job names
     * @param adapters reads what earlier rounds published, for jobs whose rules ask for it
     * @param adapterEnd a lower bound of the offsets that the next chunks get in this partition of global-adapter
     * @param results receives what is folded or refused, on the thread that calls {@link #work}
     */
    public PartitionFold(
            int partition,
            Function<String, AggregationStrategy> strategies,
            ChunkSource chunks,
            AdapterSource adapters,
            LongSupplier adapterEnd,
            Consumer<FoldResult> results) {
        this(
                partition,
                strategies,
                chunks,
                adapters,
                adapterEnd,
                results,
                FoldMemory.ofThisProcess().alone());
    }

    /** @param memory for chunks that are read before their turn, for all partitions of the job together */
    public PartitionFold(
            int partition,
            Function<String, AggregationStrategy> strategies,
            ChunkSource chunks,
            AdapterSource adapters,
            LongSupplier adapterEnd,
            Consumer<FoldResult> results,
            StashMemory memory) {
        this.partition = partition;
        this.strategies = strategies;
        this.chunks = chunks;
        this.adapters = adapters;
        this.memory = memory;
        this.adapterEnd = adapterEnd;
        this.results = results;
    }

    /** Takes note of a decision; one that is known already is passed over. */
    public void follow(SpecificRecord decision) {
        long sequence = DecisionKind.header(decision).getSequence();
        if (sequence <= lastSequence) {
            return;
        }
        lastSequence = sequence;
        switch (DecisionKind.of(decision)) {
            case JOB_STARTED -> start((JobStarted) decision);
            case ROUND_OPENED -> {
                int opened = ((RoundOpened) decision).getRound();
                // one that opens again, for another cohort, keeps what was accepted
                if (opened != lastOpened) {
                    forgetRound();
                    round.open(opened);
                    lastOpened = opened;
                }
            }
            case UPDATE_ACCEPTED -> round.accept((UpdateAccepted) decision);
            case UPDATE_REJECTED -> {
                UpdateRejected rejection = (UpdateRejected) decision;
                if (rejection.getRevoked()) {
                    round.revoke(AttemptId.of(rejection));
                }
            }
            case ROUND_CLOSED -> round.close((RoundClosed) decision);
            case ROUND_WEIGHED -> round.weigh((RoundWeighed) decision);
            case ROUND_REOPENED -> round.reopen();
            case ROUND_COMPLETED -> {
                serverState.completed((RoundCompleted) decision);
                forgetRound();
            }
            case ROUND_FAILED -> forgetRound();
            case TRAINER_ADMITTED,
                    TRAINER_REMOVED,
                    EVALUATION_RECORDED,
                    ROUND_EXTENDED,
                    INPUT_REFUSED,
                    JOB_PAUSED,
                    JOB_RESUMED,
                    JOB_FINISHED,
                    JOB_ABORTED,
                    TRAINER_KEY_ADDED,
                    TRAINER_KEY_REVOKED -> {}
        }
    }

    /** Takes note of something that this partition's fold reported before a restart, so that it is not reported twice. */
    public void reported(SpecificRecord part) {
        if (part instanceof PartFolded folded && folded.getPartition() == partition) {
            foldedRound = folded.getRound();
            foldedRevision = folded.getRevision();
        } else if (part instanceof PartMeasured measured && measured.getPartition() == partition) {
            measuredRound = measured.getRound();
            measuredRevision = measured.getRevision();
        } else if (part instanceof PartRefused refusal
                && refusal.getPartition() == partition
                && refusal.getRound() == round.number()) {
            round.refuse(AttemptId.of(refusal));
        }
    }

    private void start(JobStarted job) {
        spec = job.getSpec();
        layouts = RoundLayouts.of(AdapterLayout.fromAvro(job.getLayout()), spec);
        strategy = strategies.apply(spec.getStrategy()).configured(StrategySettings.of(spec));
        serverState = new ServerState(partition, layouts::of, adapters);
        serverStep = ServerOptimizers.of(spec).map(optimizer -> new ServerStep(optimizer, serverState));
        // methods that alternate between factors do so from one round to the next
        memory.sum(Math.max(layouts.of(1).elements(), layouts.of(2).elements()));
        stash = new ChunkStash(chunks, partition, this::stashBytes, spec.getChunkBytes());
        reader = reader(stash);
    }

    private long stashBytes() {
        return memory.bytes() / spec.getPartitions();
    }

    private void forgetRound() {
        round.end();
        measurement = null;
        sum = null;
        if (stash != null) {
            stash.clear();
        }
    }

    /** Does what the decisions so far ask for. May read much, and wait for the broker. */
    public void work() {
        if (!round.isUnderWay() || isFolded()) {
            return;
        }
        FlatLayout flat = layouts.of(round.number());
        if (measuring() != MeasurementPlan.NONE && measurement == null) {
            measurement = new Measurement(measuring(), serverState.base(round.number()));
        }
        if (round.number() > 0 && !round.hasUpdates()) {
            chunks.expect(round.number(), partition);
        }
        Optional<List<UpdateAccepted>> wanted = round.wanted();
        while (wanted.isPresent() && !addAll(wanted.get(), flat)) {
            wanted = round.wanted();
        }
        if (!round.isClosed() || wanted.isEmpty()) {
            return;
        }
        if (measuring() != MeasurementPlan.NONE && !round.isWeighed()) {
            measure(wanted.get(), flat);
        } else {
            result(wanted.get(), flat.chunksOf(partition)).ifPresent(folded -> emit(folded, flat));
        }
    }

    /** Reads what trainers are sending for the open round, before it is accepted. Whether there was something; does not wait for it. */
    public boolean readAhead() {
        return round.number() > 0 && !round.isClosed() && stash.readAhead(round.number());
    }

    /** What is measured before the round is folded; the only update of round 0 has no base. */
    private MeasurementPlan measuring() {
        return round.number() == 0 ? MeasurementPlan.NONE : MeasurementPlan.of(spec, strategy);
    }

    private void measure(List<UpdateAccepted> updates, FlatLayout flat) {
        int number = round.number();
        int revision = round.revision();
        if (measuredRound == number && measuredRevision == revision) {
            return;
        }
        measurement.products(updates, flat.chunksOf(partition), cohort()).ifPresent(products -> {
            measuredRound = number;
            measuredRevision = revision;
            results.accept(new FoldResult.Measured(
                    new PartMeasured(number, revision, partition, products, bytes(flat, updates.size()))));
        });
    }

    /** Reads all updates at once: it needs the memory for what it reads itself. */
    private CohortReader cohort() {
        // it needs the memory for what it reads itself
        stash.release();
        return new CohortReader(
                reader(new ChunkStash(chunks, partition, () -> 0, spec.getChunkBytes())),
                memory.cohortBytes(spec.getPartitions()),
                (update, fault) -> {
                    sum = null;
                    refuse(update.getManifest(), fault);
                });
    }

    private UpdateReader reader(ChunkStash from) {
        return new UpdateReader(from, partition, spec);
    }

    private boolean isFolded() {
        return round.isClosed() && foldedRound == round.number() && foldedRevision == round.revision();
    }

    /** Adds what the sum lacks. False when an update was refused on the way: then the sum is void. */
    private boolean addAll(List<UpdateAccepted> updates, FlatLayout flat) {
        List<FlatLayout.Chunk> wanted = flat.chunksOf(partition);
        if (sum == null || !sum.isStartOf(updates)) {
            sum = new PartialSum(summing(), wanted);
            // asked for early: at the close everyone waits
            adapterStart = adapterEnd.getAsLong();
        }
        List<UpdateAccepted> missing = List.copyOf(updates.subList(sum.updates(), updates.size()));
        stash.expect(missing);
        for (UpdateAccepted update : missing) {
            UpdateManifest manifest = update.getManifest();
            Optional<UpdateReader.Fault> fault = reader.read(manifest, wanted, (chunk, values) -> {
                sum.add(chunk, update.getWeight(), values);
                if (measurement != null) {
                    measurement.add(AttemptId.of(manifest), chunk, values);
                }
            });
            if (fault.isPresent()) {
                sum = null;
                refuse(manifest, fault.get());
                return false;
            }
            sum.finished(AttemptId.of(manifest));
        }
        return true;
    }

    private void refuse(UpdateManifest manifest, UpdateReader.Fault fault) {
        round.refuse(AttemptId.of(manifest));
        results.accept(new FoldResult.Refused(new PartRefused(
                round.number(),
                partition,
                manifest.getTrainer(),
                manifest.getAttempt(),
                fault.reason().id(),
                fault.detail())));
    }

    /** The strategy by which updates are summed as they come: what selects among them sums those that it has selected. */
    private AggregationStrategy summing() {
        return round.number() == 0 && strategy instanceof SelectingStrategy ? new WeightedMean() : strategy;
    }

    /** The adapter's chunks; nothing when an update turns out to be faulty only now. */
    private Optional<List<AdapterChunk>> result(List<UpdateAccepted> updates, List<FlatLayout.Chunk> wanted) {
        List<CohortMember> members = round.members();
        if (summing() instanceof OrderStatistic statistic) {
            CohortFold.Scaling scaling = measurement == null
                    ? CohortFold.Scaling.NONE
                    : (member, chunk, values) -> measurement.scaled(
                            chunk, values, members.get(member).getScale());
            return new CohortFold(cohort(), statistic, scaling).fold(updates, wanted, round.number(), round.revision());
        }
        boolean isAsSummed =
                summing() instanceof RunningStrategy && members.stream().allMatch(member -> member.getScale() == 1);
        return isAsSummed
                ? Optional.of(sum.result(round.number(), round.revision()))
                : sumAgain(updates, wanted, members);
    }

    /** Reads the members once more, with the weights and scales that were decided when all had been measured. */
    private Optional<List<AdapterChunk>> sumAgain(
            List<UpdateAccepted> updates, List<FlatLayout.Chunk> wanted, List<CohortMember> members) {
        PartialSum again =
                new PartialSum(summing() instanceof RunningStrategy ? summing() : new WeightedMean(), wanted);
        stash.expect(updates);
        for (int i = 0; i < updates.size(); i++) {
            CohortMember member = members.get(i);
            if (member.getWeight() > 0) {
                Optional<UpdateReader.Fault> fault = reader.read(
                        updates.get(i).getManifest(),
                        wanted,
                        (chunk, values) -> again.add(
                                chunk, member.getWeight(), measurement.scaled(chunk, values, member.getScale())));
                if (fault.isPresent()) {
                    sum = null;
                    refuse(updates.get(i).getManifest(), fault.get());
                    return Optional.empty();
                }
            }
        }
        return Optional.of(again.result(round.number(), round.revision()));
    }

    private void emit(List<AdapterChunk> aggregated, FlatLayout flat) {
        int number = round.number();
        int revision = round.revision();
        ServerStep.Result step = serverStep
                .filter(server -> number > 0)
                .map(server -> server.take(number, revision, aggregated))
                .orElse(new ServerStep.Result(aggregated, List.of()));
        List<ChunkDigest> digests = step.chunks().stream()
                .map(chunk -> new ChunkDigest(chunk.getOrdinal(), chunk.getDigest()))
                .toList();
        foldedRound = number;
        foldedRevision = revision;
        if (serverStep.isPresent() || MeasurementPlan.of(spec, strategy) != MeasurementPlan.NONE) {
            serverState.folded(
                    Stream.concat(step.chunks().stream(), step.state().stream()).toList());
        }
        results.accept(new FoldResult.Folded(
                step.chunks(),
                step.state(),
                new PartFolded(
                        number,
                        revision,
                        partition,
                        digests,
                        adapterStart,
                        sum.updates(),
                        bytes(flat, sum.updates()),
                        Map.of(),
                        step.state().stream().map(AdapterChunk::getDigest).toList())));
        // spent by its result
        sum = null;
    }

    /** Bytes of tensors in this partition's share of so many updates. */
    private long bytes(FlatLayout flat, int updates) {
        long elements = flat.chunksOf(partition).stream()
                .mapToLong(FlatLayout.Chunk::count)
                .sum();
        return elements * TensorBytes.width(round.dtype()) * updates;
    }

    /** Closes what it reads from. */
    @Override
    public void close() {
        chunks.close();
    }
}
