package io.rondo.aggregator.simulation;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.round.Answering;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputOrder;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.avro.specific.SpecificRecord;

/** Runs the coordinator as its processor does: recovers it from the decisions, and commits what it decides. */
final class CoordinatorTask implements Task {
    private final World world;
    private final List<FoldTask> folds;
    private final Map<InputTopic, Long> committed = new EnumMap<>(InputTopic.class);

    private Coordinator coordinator;
    private final Map<InputTopic, Long> positions = new EnumMap<>(InputTopic.class);
    private final Map<InputTopic, Long> seen = new EnumMap<>(InputTopic.class);
    private final List<Unanswered> unanswered = new ArrayList<>();
    private final Decided transaction = new Decided();
    private final Decided shadowed = new Decided();
    private Coordinator shadow;
    private long askedAt = -1;
    private long askedEnd;

    private record Unanswered(InputTopic topic, SimulatedLog.Entry<SpecificRecord> entry) {}

    /** A part that is answered in the transaction that writes it. */
    private record Early(FoldTask fold, FoldResult result, long at) {}

    /** @param folds may be on the coordinator's thread: then they get decisions before these are committed */
    CoordinatorTask(World world, List<FoldTask> folds) {
        this.world = world;
        this.folds = folds;
    }

    boolean jobIsOver() {
        return coordinator != null && coordinator.isOver();
    }

    OptionalLong deadline() {
        return coordinator == null ? OptionalLong.empty() : coordinator.deadline();
    }

    @Override
    public boolean isReady() {
        return coordinator == null
                || !unanswered.isEmpty()
                || !waiting().isEmpty()
                || hasUnsettled()
                || coordinator.deadline().orElse(Long.MAX_VALUE) < world.now();
    }

    /** Whether refused records wait to be answered together. */
    private boolean hasUnsettled() {
        return coordinator.lastRound() >= 0
                && unanswered.isEmpty()
                && seen.getOrDefault(InputTopic.MANIFESTS, -1L) >= coordinator.unansweredFrom(InputTopic.MANIFESTS);
    }

    @Override
    public void step() {
        if (coordinator == null) {
            start();
            return;
        }
        if (unanswered.isEmpty() && world.dice.oneIn(8)) {
            castShadow();
        }
        int inputs = world.dice.between(1, 3);
        for (int i = 0; i < inputs; i++) {
            List<InputTopic> waiting = waiting();
            if (waiting.isEmpty() || world.dice.oneIn(4)) {
                tick();
            } else {
                process(world.dice.pick(waiting));
            }
        }
        if (world.dice.oneIn(3)) {
            settle();
        }
        compareWithShadow();
        endTransaction();
    }

    private void start() {
        coordinator = recovered();
        for (InputTopic topic : InputTopic.values()) {
            // committed offsets are a cache too: they may be gone
            positions.put(topic, world.dice.faultOneIn(4) ? 0 : committed.getOrDefault(topic, 0L));
        }
        List<List<Unanswered>> found = new ArrayList<>();
        for (InputTopic topic : InputTopic.values()) {
            boolean trusting = world.bug == PlantedBug.TRUSTS_ITS_POSITION;
            found.add(unanswered(topic, trusting ? positions.get(topic) : coordinator.unansweredFrom(topic)));
        }
        unanswered.addAll(InputOrder.merge(found, input -> input.entry().timestamp()));
        world.tell(() -> "the coordinator starts with " + unanswered.size() + " inputs that are not answered");
    }

    private Coordinator recovered() {
        Coordinator recovered = new Coordinator(TestJob.NAME, world.job.partitions());
        world.topics.decisions.get(0).read(0, entry -> recovered.replay(entry.value(), entry.bodyDigest()));
        return recovered;
    }

    private List<Unanswered> unanswered(InputTopic topic, long from) {
        List<Unanswered> found = new ArrayList<>();
        world.topics.inputs.get(topic).read(from, entry -> found.add(new Unanswered(topic, entry)));
        return found;
    }

    private List<InputTopic> waiting() {
        List<InputTopic> waiting = new ArrayList<>();
        world.topics.inputs.forEach((topic, log) -> {
            if (log.hasFrom(positions.get(topic))) {
                waiting.add(topic);
            }
        });
        return waiting;
    }

    private void process(InputTopic topic) {
        answerTheUnanswered();
        SimulatedLog.Entry<SpecificRecord> entry =
                world.topics.inputs.get(topic).from(positions.get(topic));
        positions.put(topic, entry.offset() + 1);
        answer(topic, entry);
    }

    private void answerTheUnanswered() {
        List<Unanswered> all = List.copyOf(unanswered);
        unanswered.clear();
        all.forEach(input -> answer(input.topic(), input.entry()));
    }

    private void answer(InputTopic topic, SimulatedLog.Entry<SpecificRecord> entry) {
        seen.merge(topic, entry.offset(), Math::max);
        handle(input(topic, entry));
    }

    private static Input input(InputTopic topic, SimulatedLog.Entry<SpecificRecord> entry) {
        return entry.value() == null
                ? new Input.Unreadable(
                        topic,
                        entry.offset(),
                        entry.bodyDigest(),
                        entry.timestamp(),
                        RejectionReason.UNREADABLE,
                        "noise")
                : new Input.Received(topic, entry.offset(), entry.bodyDigest(), entry.timestamp(), entry.value());
    }

    private void tick() {
        answerTheUnanswered();
        if (coordinator.deadline().orElse(Long.MAX_VALUE) >= world.now()) {
            askedAt = -1;
            return;
        }
        if (askedAt < 0) {
            askedAt = world.now();
            askedEnd = world.topics.inputs.get(InputTopic.MANIFESTS).end() - 1;
        }
        if (askedEnd < next(InputTopic.MANIFESTS) || world.bug == PlantedBug.CLOSES_WITHOUT_READING) {
            long at = askedAt;
            askedAt = -1;
            handle(new Input.Clock(at));
        }
    }

    /** Offset of the first record of the topic that the coordinator has not read. */
    private long next(InputTopic topic) {
        return Math.max(coordinator.unansweredFrom(topic), seen.getOrDefault(topic, -1L) + 1);
    }

    private void settle() {
        coordinator.settle(transaction);
        if (shadow != null) {
            shadow.settle(shadowed);
        }
    }

    private void handle(Input input) {
        Answering how = world.dice.pick(List.of(Answering.values()));
        coordinator.answerRefused(how);
        if (shadow != null) {
            shadow.answerRefused(how);
        }
        coordinator.handle(input, world.now(), transaction);
        if (shadow != null) {
            shadow.handle(input, world.now(), shadowed);
        }
    }

    /** A second coordinator that knows the log alone, and whatever of the inputs the first one has read. */
    private void castShadow() {
        shadowed.clear();
        shadow = recovered();
        // what the first one has read without an answer waits to be answered together
        shadow.answerRefused(Answering.TOGETHER);
        List<List<Unanswered>> read = new ArrayList<>();
        seen.forEach((topic, last) -> read.add(unanswered(topic, shadow.unansweredFrom(topic)).stream()
                .filter(input -> input.entry().offset() <= last)
                .toList()));
        InputOrder.merge(read, input -> input.entry().timestamp())
                .forEach(input -> shadow.handle(input(input.topic(), input.entry()), world.now(), shadowed));
        Invariants.require(
                shadowed.outputs().isEmpty(), () -> "a recovered coordinator decides once more: " + shadowed);
    }

    private void compareWithShadow() {
        Invariants.require(
                shadow == null || shadowed.digests().equals(transaction.digests()),
                () -> "a coordinator decides " + transaction + ", a recovered one decides " + shadowed);
        shadow = null;
    }

    private void endTransaction() {
        List<FoldTask> ahead = foldBeforeTheCommit();
        List<Early> early = answerBeforeTheCommit(ahead);
        if (world.dice.faultOneIn(25)) {
            world.tell(() -> "the coordinator crashes before it commits " + transaction);
            List<Decided.Output> outputs = transaction.outputs();
            if (world.bug == PlantedBug.COMMITS_IN_PIECES && !outputs.isEmpty()) {
                append(outputs.subList(0, world.dice.between(0, outputs.size() - 1)));
            }
            crash();
            if (world.bug != PlantedBug.KEEPS_WHAT_WAS_NOT_COMMITTED) {
                ahead.forEach(FoldTask::crash);
            }
            return;
        }
        world.tell(() -> "the coordinator has read " + positions + " and commits " + transaction);
        write(early);
        append(transaction.outputs());
        ahead.stream().filter(fold -> world.dice.oneIn(2)).forEach(FoldTask::commitAll);
        transaction.clear();
        committed.putAll(positions);
        if (world.dice.faultOneIn(25)) {
            world.tell(() -> "the coordinator crashes after its commit");
            crash();
        }
    }

    /** Returns the folds that have used decisions of the open transaction; they may commit their results in it. */
    private List<FoldTask> foldBeforeTheCommit() {
        List<SpecificRecord> decisions = transaction.outputs().stream()
                .map(Decided.Output::value)
                .filter(output -> !(output instanceof RoundPublished))
                .toList();
        return decisions.isEmpty()
                ? List.of()
                : folds.stream()
                        .filter(fold -> world.dice.oneIn(2) && fold.followUncommitted(decisions))
                        .toList();
    }

    /**
     * Answers parts of folds that write in the open transaction, where no unread part lies before them. Their offsets are
     * those that they get in the log. Folds do not get these answers: the next round may need what this one publishes.
     */
    private List<Early> answerBeforeTheCommit(List<FoldTask> ahead) {
        SimulatedLog<SpecificRecord> parts = world.topics.inputs.get(InputTopic.PARTS);
        List<Early> early = new ArrayList<>();
        boolean isNext = !parts.hasFrom(next(InputTopic.PARTS)) || world.bug == PlantedBug.ANSWERS_A_PART_OUT_OF_TURN;
        for (FoldTask fold : ahead) {
            FoldResult result = isNext && world.dice.oneIn(2) ? fold.take() : null;
            while (result != null) {
                long offset = parts.end() + early.size();
                early.add(new Early(fold, result, fold.writingTime()));
                answerEarly(early.get(early.size() - 1), offset);
                result = fold.take();
            }
        }
        return early;
    }

    private void answerEarly(Early early, long offset) {
        SpecificRecord part = early.result().part();
        answer(InputTopic.PARTS, new SimulatedLog.Entry<>(offset, early.at(), part, Bodies.digest(part)));
        world.tell(() -> "the coordinator answers part " + offset + " before its commit: " + transaction);
    }

    private void write(List<Early> early) {
        early.forEach(each -> each.fold().write(each.result(), each.at()));
        if (!early.isEmpty()) {
            world.topics.inputs.get(InputTopic.PARTS).mark();
        }
    }

    private void append(List<Decided.Output> outputs) {
        if (outputs.isEmpty()) {
            return;
        }
        for (Decided.Output output : outputs) {
            boolean isDecision = !(output.value() instanceof RoundPublished);
            if (isDecision) {
                world.topics.decisions.forEach(log -> log.append(output.value(), output.bodyDigest(), world.now()));
            }
            if (output.told()) {
                world.topics.rounds.append(output.value(), output.bodyDigest(), world.now());
            }
        }
        world.topics.decisions.forEach(SimulatedLog::mark);
        world.topics.rounds.mark();
    }

    @Override
    public void crash() {
        coordinator = null;
        shadow = null;
        transaction.clear();
        unanswered.clear();
        seen.clear();
        askedAt = -1;
    }
}
