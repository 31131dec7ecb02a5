package io.rondo.aggregator.simulation;

import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.fold.RecentDecisions;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.AdapterChunk;
import io.rondo.log.JobStarted;
import io.rondo.log.PartFolded;
import io.rondo.log.RoundOpened;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.apache.avro.specific.SpecificRecord;

/** Runs the fold of one partition as its processor does: decisions in, results out, each result in a transaction. */
final class FoldTask implements Task {
    /** Short, so that most restarts do not read all decisions. */
    private static final long FIRST_WINDOW = 16;

    private final World world;
    private final int partition;
    private final SimulatedLog<SpecificRecord> decisions;
    private long committed;

    private PartitionFold fold;
    private long position;
    private final Deque<FoldResult> results = new ArrayDeque<>();

    FoldTask(World world, int partition) {
        this.world = world;
        this.partition = partition;
        this.decisions = world.topics.decisions.get(partition);
    }

    @Override
    public boolean isReady() {
        return fold == null || !results.isEmpty() || decisions.hasFrom(position);
    }

    @Override
    public void step() {
        if (fold == null) {
            start();
        } else if (!results.isEmpty() && (!decisions.hasFrom(position) || world.dice.oneIn(2))) {
            forward();
        } else {
            follow();
        }
        if (world.dice.faultOneIn(60)) {
            world.tell(() -> this + " crashes");
            crash();
        }
    }

    private void start() {
        fold = new PartitionFold(
                partition,
                name -> PlantedStrategies.with(world.bug, name),
                world.topics,
                world.topics::readAdapter,
                () -> world.topics.globalAdapter.get(partition).end(),
                results::add);
        position = world.dice.faultOneIn(4) ? 0 : committed;
        RecentDecisions.Start begin =
                world.bug == PlantedBug.BEGINS_AT_THE_LAST_ROUND ? lastOpening() : recent().find();
        if (begin.isLater()) {
            passJob();
        }
        decisions.read(begin.decisions(), entry -> fold.follow(entry.value()));
        if (world.bug != PlantedBug.FORGETS_WHAT_IT_REPORTED) {
            world.topics.inputs.get(InputTopic.PARTS).read(begin.parts(), entry -> {
                if (entry.value() != null) {
                    fold.reported(entry.value());
                }
            });
        }
        fold.work();
        world.tell(() -> this + " starts and has " + describe());
    }

    private RecentDecisions recent() {
        RecentDecisions.Source source = new RecentDecisions.Source() {
            @Override
            public long end() {
                return decisions.end();
            }

            @Override
            public void readToEnd(long from, ObjLongConsumer<SpecificRecord> next) {
                decisions.read(from, entry -> next.accept(entry.value(), entry.offset()));
            }
        };
        return new RecentDecisions(source, FIRST_WINDOW);
    }

    private RecentDecisions.Start lastOpening() {
        long last = decisions.entries().stream()
                .filter(entry -> entry.value() instanceof RoundOpened)
                .mapToLong(SimulatedLog.Entry::offset)
                .max()
                .orElse(0);
        return new RecentDecisions.Start(0, last, 0);
    }

    private void passJob() {
        decisions.entries().stream()
                .map(SimulatedLog.Entry::value)
                .filter(JobStarted.class::isInstance)
                .findFirst()
                .ifPresent(fold::follow);
    }

    /** A batch may end anywhere, also between two decisions of one transaction. */
    private void follow() {
        if (world.dice.oneIn(2)) {
            fold.readAhead();
        }
        int batch = world.dice.between(1, 4);
        for (int i = 0; i < batch && decisions.hasFrom(position); i++) {
            SimulatedLog.Entry<SpecificRecord> entry = decisions.from(position);
            fold.follow(entry.value());
            position = entry.offset() + 1;
        }
        fold.work();
        world.tell(() -> this + " follows the decisions up to " + (position - 1) + " and has " + describe());
    }

    /** Follows decisions that are not in the log yet, if it has all that are. Returns whether it did. */
    boolean followUncommitted(List<SpecificRecord> uncommitted) {
        if (fold == null || decisions.hasFrom(position)) {
            return false;
        }
        uncommitted.forEach(fold::follow);
        fold.work();
        world.tell(() -> this + " follows what is not committed and has " + describe());
        return true;
    }

    /** Commits all results, with the decisions that led to them. */
    void commitAll() {
        while (!results.isEmpty()) {
            commit(results.poll());
        }
    }

    /** Takes the next result into the open transaction, or returns null. */
    FoldResult take() {
        return results.poll();
    }

    private void forward() {
        FoldResult result = results.poll();
        if (world.dice.faultOneIn(10)) {
            world.tell(() -> this + " crashes before it commits " + describe(result));
            crash();
            return;
        }
        commit(result);
        if (world.dice.faultOneIn(10)) {
            world.tell(() -> this + " crashes after its commit");
            crash();
        }
    }

    private void commit(FoldResult result) {
        long at = writingTime();
        write(result, at);
        world.topics.inputs.get(InputTopic.PARTS).mark();
    }

    /** The task's own clock stamps what it writes, and it is not the others' clock. */
    long writingTime() {
        return world.now() - world.dice.between(0, 20);
    }

    /** Appends a result to the log, without the end of its transaction in {@code parts}. */
    void write(FoldResult result, long at) {
        world.tell(() -> this + " commits " + describe(result));
        if (result instanceof FoldResult.Folded folded) {
            SimulatedLog<AdapterChunk> adapter = world.topics.globalAdapter.get(partition);
            folded.chunks().forEach(chunk -> adapter.append(chunk, null, at));
            folded.state().forEach(chunk -> adapter.append(chunk, null, at));
            adapter.mark();
        }
        world.topics.append(InputTopic.PARTS, result.part(), at);
        committed = position;
    }

    private List<String> describe() {
        return results.stream().map(FoldTask::describe).toList();
    }

    private static String describe(FoldResult result) {
        if (result instanceof FoldResult.Folded folded) {
            PartFolded part = folded.part();
            return "round " + part.getRound() + " revision " + part.getRevision();
        }
        if (result instanceof FoldResult.Measured measured) {
            return "measures of round " + measured.part().getRound() + " revision "
                    + measured.part().getRevision();
        }
        var refused = ((FoldResult.Refused) result).part();
        return refused.getReason() + " of " + refused.getAttempt();
    }

    @Override
    public void crash() {
        fold = null;
        results.clear();
    }

    @Override
    public String toString() {
        return "fold " + partition;
    }
}
