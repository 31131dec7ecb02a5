package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.MeasurementPlan;
import io.rondo.aggregator.strategy.ServerOptimizer;
import io.rondo.log.AdapterChunk;
import io.rondo.log.ChunkDigest;
import io.rondo.log.PartFolded;
import io.rondo.log.RoundCompleted;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/**
 * Does the work of one partition for a started job: reads updates, measures and sums them, and reports the partition's share
 * of the adapter. The current round determines what to do.
 */
final class JobFold {
    private final int partition;
    private final FoldPlan plan;
    private final DecidedRound round;
    private final FoldReports reports;
    private final ChunkSource chunks;
    private final StashMemory memory;

    private final ChunkStash stash;
    private final RunningSum sum;
    private final MemberFold members;
    private final ServerState serverState;
    private final Optional<ServerStep> serverStep;
    private Optional<Measurement> measurement = Optional.empty();

    /**
     * @param round changes as decisions come
     * @param adapterEnd a lower bound of the offsets that the next chunks get in this partition of global-adapter
     */
    JobFold(
            int partition,
            FoldPlan plan,
            DecidedRound round,
            FoldReports reports,
            ChunkSource chunks,
            AdapterSource adapters,
            LongSupplier adapterEnd,
            StashMemory memory) {
        this.partition = partition;
        this.plan = plan;
        this.round = round;
        this.reports = reports;
        this.chunks = chunks;
        this.memory = memory;
        int partitions = plan.spec().getPartitions();
        memory.sum(plan.mostElements());
        stash = new ChunkStash(
                chunks,
                partition,
                () -> memory.bytes() / partitions,
                plan.spec().getChunkBytes());
        UpdateReader reader = new UpdateReader(stash, partition, plan.spec());
        sum = new RunningSum(stash, reader, adapterEnd, this::refuse);
        members = new MemberFold(plan, stash, reader, this::cohort, this::refuse);
        List<String> stateKinds =
                plan.serverOptimizer().map(ServerOptimizer::state).orElse(List.of());
        serverState = new ServerState(partition, plan::layout, new RestoredChunks(adapters, stateKinds));
        serverStep = plan.serverOptimizer().map(optimizer -> new ServerStep(optimizer, serverState));
    }

    /** The current round has ended. */
    void forgetRound() {
        measurement = Optional.empty();
        sum.forget();
        stash.clear();
    }

    void completed(RoundCompleted completed) {
        serverState.completed(completed);
    }

    /** Notes a part of any partition that is in the log. */
    void restored(SpecificRecord part) {
        if (plan.buildsOnTheBase() && part instanceof PartFolded folded) {
            serverState.restored(folded);
        }
    }

    /** Does the work that the decisions so far require. May read much and wait for the broker. */
    void work() {
        if (round.isClosed() && reports.isFolded(round.number(), round.revision())) {
            return;
        }
        int number = round.number();
        FlatLayout flat = plan.layout(number);
        MeasurementPlan measuring = plan.measuring(number);
        if (measuring != MeasurementPlan.NONE && measurement.isEmpty()) {
            measurement = Optional.of(new Measurement(measuring, serverState.base(number)));
        }
        if (number > 0 && !round.hasUpdates()) {
            chunks.expect(number, partition);
        }
        Optional<List<UpdateAccepted>> wanted = round.wanted();
        while (wanted.isPresent() && !addAll(wanted.get(), flat)) {
            wanted = round.wanted();
        }
        if (!round.isClosed() || wanted.isEmpty()) {
            return;
        }
        if (measuring != MeasurementPlan.NONE && !round.isWeighed()) {
            measure(wanted.get(), flat);
        } else {
            members.fold(round, wanted.get(), flat.chunksOf(partition), sum, measurement)
                    .ifPresent(aggregated -> report(aggregated, flat));
        }
    }

    /** Reads chunks of the open round before their updates are accepted. Returns whether there were any. */
    boolean readAhead() {
        return round.number() > 0 && !round.isClosed() && stash.readAhead(round.number());
    }

    private boolean addAll(List<UpdateAccepted> updates, FlatLayout flat) {
        return sum.addAll(
                updates,
                flat.chunksOf(partition),
                plan.summing(round.number()),
                (attempt, chunk, values) -> measurement.ifPresent(measured -> measured.add(attempt, chunk, values)));
    }

    private void measure(List<UpdateAccepted> updates, FlatLayout flat) {
        int number = round.number();
        int revision = round.revision();
        if (reports.isMeasured(number, revision)) {
            return;
        }
        measurement
                .orElseThrow()
                .products(updates, flat.chunksOf(partition), cohort())
                .ifPresent(products -> reports.measured(number, revision, products, bytes(flat, updates.size())));
    }

    /** Reads all updates at once. */
    private CohortReader cohort() {
        // reading the cohort needs the memory
        stash.release();
        ChunkStash unstashed =
                new ChunkStash(chunks, partition, () -> 0, plan.spec().getChunkBytes());
        return new CohortReader(
                new UpdateReader(unstashed, partition, plan.spec()),
                memory.cohortBytes(plan.spec().getPartitions()),
                this::refuse);
    }

    private void refuse(UpdateAccepted update, UpdateReader.Fault fault) {
        sum.forget();
        round.refuse(update);
        reports.refused(round.number(), update.getManifest(), fault);
    }

    private void report(List<AdapterChunk> aggregated, FlatLayout flat) {
        int number = round.number();
        int revision = round.revision();
        ServerStep.Result step = serverStep
                .filter(server -> number > 0)
                .map(server -> server.take(number, revision, aggregated))
                .orElse(new ServerStep.Result(aggregated, List.of()));
        if (plan.buildsOnTheBase()) {
            serverState.folded(
                    Stream.concat(step.chunks().stream(), step.state().stream()).toList());
        }
        reports.folded(
                step,
                new PartFolded(
                        number,
                        revision,
                        partition,
                        step.chunks().stream()
                                .map(chunk -> new ChunkDigest(chunk.getOrdinal(), chunk.getDigest()))
                                .toList(),
                        sum.adapterStart(),
                        sum.updates(),
                        bytes(flat, sum.updates()),
                        Map.of(),
                        step.state().stream().map(AdapterChunk::getDigest).toList()));
        // consumed by its result
        sum.forget();
    }

    /** Bytes of tensors in this partition's share of so many updates. */
    private long bytes(FlatLayout flat, int updates) {
        long elements = flat.chunksOf(partition).stream()
                .mapToLong(FlatLayout.Chunk::count)
                .sum();
        return elements * TensorBytes.width(round.dtype()) * updates;
    }
}
