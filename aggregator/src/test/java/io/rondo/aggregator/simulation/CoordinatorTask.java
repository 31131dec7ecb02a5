package io.rondo.aggregator.simulation;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputOrder;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.Outbox;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
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
    private final Map<InputTopic, Long> committed = new EnumMap<>(InputTopic.class);

    private Coordinator coordinator;
    private final Map<InputTopic, Long> positions = new EnumMap<>(InputTopic.class);
    private final Map<InputTopic, Long> seen = new EnumMap<>(InputTopic.class);
    private final List<Unanswered> unanswered = new ArrayList<>();
    private final List<SpecificRecord> transaction = new ArrayList<>();
    private long askedAt = -1;
    private long askedEnd;

    private record Unanswered(InputTopic topic, SimulatedLog.Entry<SpecificRecord> entry) {}

    CoordinatorTask(World world) {
        this.world = world;
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
                || coordinator.deadline().orElse(Long.MAX_VALUE) < world.now();
    }

    @Override
    public void step() {
        if (coordinator == null) {
            start();
            return;
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
        endTransaction();
    }

    private void start() {
        coordinator = new Coordinator(TestJob.NAME, world.job.partitions());
        for (InputTopic topic : InputTopic.values()) {
            // committed offsets are a cache too: they may be gone
            positions.put(topic, world.dice.faultOneIn(4) ? 0 : committed.getOrDefault(topic, 0L));
        }
        world.topics.decisions.get(0).read(0, entry -> coordinator.replay(entry.value(), entry.bodyDigest()));
        List<List<Unanswered>> found = new ArrayList<>();
        for (InputTopic topic : InputTopic.values()) {
            boolean trusting = world.bug == PlantedBug.TRUSTS_ITS_POSITION;
            found.add(unanswered(topic, trusting ? positions.get(topic) : coordinator.unansweredFrom(topic)));
        }
        unanswered.addAll(InputOrder.merge(found, input -> input.entry().timestamp()));
        world.tell(() -> "the coordinator starts with " + unanswered.size() + " inputs that are not answered");
    }

    private List<Unanswered> unanswered(InputTopic topic, long from) {
        List<Unanswered> found = new ArrayList<>();
        world.topics.inputs.get(topic).read(from, entry -> found.add(new Unanswered(topic, entry)));
        return found;
    }

    private List<InputTopic> waiting() {
        return world.topics.inputs.entrySet().stream()
                .filter(topic -> topic.getValue().hasFrom(positions.get(topic.getKey())))
                .map(Map.Entry::getKey)
                .toList();
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
        if (askedEnd < nextManifest() || world.bug == PlantedBug.CLOSES_WITHOUT_READING) {
            long at = askedAt;
            askedAt = -1;
            handle(new Input.Clock(at));
        }
    }

    private long nextManifest() {
        return Math.max(
                coordinator.unansweredFrom(InputTopic.MANIFESTS), seen.getOrDefault(InputTopic.MANIFESTS, -1L) + 1);
    }

    private void handle(Input input) {
        coordinator.handle(input, world.now(), new Outbox() {
            @Override
            public Sha256 decide(SpecificRecord decision) {
                transaction.add(decision);
                return Bodies.digest(decision);
            }

            @Override
            public Sha256 publish(RoundPublished published) {
                transaction.add(published);
                return Bodies.digest(published);
            }
        });
    }

    private void endTransaction() {
        if (world.dice.faultOneIn(25)) {
            world.tell(() -> "the coordinator crashes before it commits " + names(transaction));
            if (world.bug == PlantedBug.COMMITS_IN_PIECES && !transaction.isEmpty()) {
                append(transaction.subList(0, world.dice.between(0, transaction.size() - 1)));
            }
            crash();
            return;
        }
        world.tell(() -> "the coordinator has read " + positions + " and commits " + names(transaction));
        append(transaction);
        transaction.clear();
        committed.putAll(positions);
        if (world.dice.faultOneIn(25)) {
            world.tell(() -> "the coordinator crashes after its commit");
            crash();
        }
    }

    private void append(List<SpecificRecord> records) {
        if (records.isEmpty()) {
            return;
        }
        for (SpecificRecord value : records) {
            Sha256 digest = Bodies.digest(value);
            if (value instanceof RoundPublished) {
                world.topics.rounds.append(value, digest, world.now());
                continue;
            }
            world.topics.decisions.forEach(log -> log.append(value, digest, world.now()));
            if (world.topics.isForTrainers(value)) {
                world.topics.rounds.append(value, digest, world.now());
            }
        }
        world.topics.decisions.forEach(SimulatedLog::mark);
        world.topics.rounds.mark();
    }

    private static List<String> names(List<SpecificRecord> records) {
        return records.stream().map(value -> value.getSchema().getName()).toList();
    }

    @Override
    public void crash() {
        coordinator = null;
        transaction.clear();
        unanswered.clear();
        seen.clear();
        askedAt = -1;
    }
}
