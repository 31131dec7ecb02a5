package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.error.BrokenInvariantException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;

/**
 * Folds one partition of a job. {@link #follow} notes a decision, {@link #work} does the work that the decisions so far
 * require. The result does not depend on when it is called: live, after a restart and in a replay alike.
 */
public final class PartitionFold implements AutoCloseable {
    private final Function<JobStarted, JobFold> jobs;
    private final ChunkSource chunks;
    private final FoldReports reports;
    private final DecidedRound round = new DecidedRound();
    private JobFold job;
    private long lastSequence = -1;

    /**
     * @param strategies finds the strategy that the job names
     * @param adapters reads earlier adapters, for jobs whose rules need them
     * @param adapterEnd a lower bound of the offsets that the next chunks get in this partition of global-adapter
     * @param results receives folded and refused results, on the thread that calls {@link #work}
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

    /** @param memory memory for chunks that are read ahead, for all partitions of the job together */
    public PartitionFold(
            int partition,
            Function<String, AggregationStrategy> strategies,
            ChunkSource chunks,
            AdapterSource adapters,
            LongSupplier adapterEnd,
            Consumer<FoldResult> results,
            StashMemory memory) {
        this.chunks = chunks;
        this.reports = new FoldReports(partition, results);
        this.jobs = started -> new JobFold(
                partition, new FoldPlan(started, strategies), round, reports, chunks, adapters, adapterEnd, memory);
    }

    /** Notes a decision; a known one is skipped. */
    public void follow(SpecificRecord decision) {
        long sequence = DecisionKind.header(decision).getSequence();
        if (sequence <= lastSequence) {
            return;
        }
        lastSequence = sequence;
        switch (DecisionKind.of(decision)) {
            case JOB_STARTED -> job = jobs.apply((JobStarted) decision);
            case ROUND_OPENED -> {
                int opened = ((RoundOpened) decision).getRound();
                // a round that reopens for another cohort keeps its accepted updates
                if (opened != round.number()) {
                    forgetRound();
                    round.open(opened);
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
                job().completed((RoundCompleted) decision);
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

    /** Notes a part that is in the log when the fold starts, so that this partition's parts are not reported twice. */
    public void reported(SpecificRecord part) {
        reports.restored(part, round);
        if (job != null) {
            job.restored(part);
        }
    }

    private void forgetRound() {
        round.end();
        if (job != null) {
            job.forgetRound();
        }
    }

    private JobFold job() {
        if (job == null) {
            throw new BrokenInvariantException("no decision has started the job of this round");
        }
        return job;
    }

    /** Does the work that the decisions so far require. May read much and wait for the broker. */
    public void work() {
        if (round.isUnderWay()) {
            job().work();
        }
    }

    /** Reads chunks of the open round before their updates are accepted, without waiting for them. Returns whether there were any. */
    public boolean readAhead() {
        return job != null && job.readAhead();
    }

    /** Closes the sources. */
    @Override
    public void close() {
        chunks.close();
    }
}
