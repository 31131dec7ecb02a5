package io.rondo.conformance.stage;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.log.EvaluationReported;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.RoundLayouts;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;

/** The trainer under test as the kit sees it: it starts its processes, and waits for what they write to the log. */
public final class TrainerUnderTest implements AutoCloseable {
    /** Its id. */
    public static final String ID = "site-a";

    /** Quiet times for a process to start in. */
    private static final int SETTLE = 6;

    private final TrainerProcesses processes;
    private final Observer observer;
    private final Pace pace;
    private final JobTopics topics;
    private final RoundLayouts flats;
    private final int rounds;
    private final List<Entry<?>> joins = new ArrayList<>();
    private final List<Entry<?>> answered = new ArrayList<>();

    /** @param observer closed with this */
    TrainerUnderTest(
            TrainerProcesses processes,
            Observer observer,
            Pace pace,
            JobTopics topics,
            RoundLayouts flats,
            int rounds) {
        this.processes = processes;
        this.observer = observer;
        this.pace = pace;
        this.topics = topics;
        this.flats = flats;
        this.rounds = rounds;
    }

    /** Changes a variable of the processes that are started from now on. */
    public void set(String variable, String value) {
        processes.set(variable, value);
    }

    /** Starts a process on the trainer's state directory. */
    public RunningTrainer start() {
        return processes.start();
    }

    /** How the last process ended, for a reason. */
    public String ending() {
        return processes.ending();
    }

    /** Waits until a trainer has joined. @return false where it has ended without */
    public boolean awaitJoinOrEnd() {
        while (true) {
            boolean ended = processes.haveEnded();
            if (!sent(TrainerJoined.class).isEmpty()) {
                return true;
            }
            if (ended) {
                return false;
            }
            quiet();
        }
    }

    /** The next join after those that were seen, of whichever process. */
    public Entry<TrainerJoined> awaitJoin() {
        return awaitNew(TrainerJoined.class, joined -> joined.getTrainer().equals(ID), joins, "joined");
    }

    /** The next update for a round after those that were seen, with its chunks. */
    public Update awaitUpdate(int round) {
        Entry<UpdateManifest> manifest = awaitNew(
                UpdateManifest.class,
                sent -> sent.getTrainer().equals(ID) && sent.getRound() == round,
                answered,
                "sent a manifest for round " + round);
        return update(manifest);
    }

    public Entry<EvaluationReported> awaitEvaluation(int round) {
        return await(
                EvaluationReported.class,
                sent -> sent.getTrainer().equals(ID) && sent.getRound() == round,
                "reported its evaluation of round " + round);
    }

    public Entry<TrainerLeft> awaitLeft() {
        return await(TrainerLeft.class, left -> left.getTrainer().equals(ID), "sent TrainerLeft");
    }

    private <T extends SpecificRecord> Entry<T> awaitNew(
            Class<T> type, Predicate<T> which, List<Entry<?>> seen, String what) {
        Entry<T> found = awaitEntry(type, entry -> !seen.contains(entry) && which.test(entry.record()), what);
        seen.add(found);
        return found;
    }

    private <T extends SpecificRecord> Entry<T> await(Class<T> type, Predicate<T> which, String what) {
        return awaitEntry(type, entry -> which.test(entry.record()), what);
    }

    private <T extends SpecificRecord> Entry<T> awaitEntry(Class<T> type, Predicate<Entry<T>> which, String what) {
        long deadline = System.nanoTime() + pace.patience().toNanos();
        while (true) {
            boolean ended = processes.haveEnded();
            if (ended) {
                observer.followToEnd();
            } else {
                observer.follow();
            }
            for (Entry<SpecificRecord> entry : observer.manifests()) {
                if (type.isInstance(entry.record())) {
                    Entry<T> typed = entry.as(type);
                    if (which.test(typed)) {
                        return typed;
                    }
                }
            }
            Overdue.require(!ended, "the trainer ended before it %s%s", what, processes.ending());
            Overdue.require(
                    System.nanoTime() < deadline,
                    "the trainer has not %s within %d s%s",
                    what,
                    pace.patience().toSeconds(),
                    problems());
        }
    }

    private String problems() {
        return observer.unreadable().isEmpty()
                ? ""
                : "; unreadable: " + observer.unreadable().get(0);
    }

    /** Waits until the trainer has ended by itself. @return its exit code */
    public int awaitExit(RunningTrainer trainer) {
        OptionalInt code = trainer.awaitExit(pace.patience());
        Overdue.require(
                code.isPresent(),
                "the trainer still runs after %d s",
                pace.patience().toSeconds());
        return code.getAsInt();
    }

    /** Waits until the trainer has ended by itself, or has had time to do what it must not. @return whether it has ended */
    public boolean settle() {
        for (int i = 0; i < SETTLE && !processes.haveEnded(); i++) {
            quiet();
        }
        return processes.haveEnded();
    }

    /** Lets the quiet time pass, or less where the trainer ends. */
    public void quiet() {
        long deadline = System.nanoTime() + pace.quiet().toNanos();
        while (System.nanoTime() < deadline && !processes.haveEnded()) {
            observer.follow();
        }
        observer.follow();
    }

    /** Lets the quiet time pass without asking the broker. */
    public void idle() {
        try {
            Thread.sleep(pace.quiet().toMillis());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** What the trainer under test has put on {@code manifests} so far. */
    public <T extends SpecificRecord> List<T> sent(Class<T> type) {
        observer.followToEnd();
        return observer.manifests().stream()
                .map(Entry::record)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** The trainer's manifests for a round so far. */
    public List<UpdateManifest> manifests(int round) {
        return sent(UpdateManifest.class).stream()
                .filter(manifest -> manifest.getRound() == round)
                .toList();
    }

    /** The chunks in a round's topic that are not another trainer's. */
    public List<Entry<TensorChunk>> chunks(int round) {
        return observer.read(topics.round(round).name(), topics.partitions()).stream()
                .filter(entry -> entry.record() instanceof TensorChunk chunk
                        && !chunk.getTrainer().equals(ScriptedJob.OTHER))
                .map(entry -> entry.as(TensorChunk.class))
                .toList();
    }

    private Update update(Entry<UpdateManifest> manifest) {
        int round = manifest.record().getRound();
        List<Entry<TensorChunk>> chunks = chunks(round).stream()
                .filter(chunk ->
                        chunk.record().getAttempt().equals(manifest.record().getAttempt()))
                .toList();
        return new Update(manifest, chunks, flats.of(round));
    }

    /** Values on the trainer's topics that are no records of the log. */
    public List<String> unreadable() {
        for (int round = 0; round <= rounds; round++) {
            chunks(round);
        }
        return observer.unreadable();
    }

    /** Offsets of the trainer's topics that hold the marks of transactions. */
    public long transactionMarks() {
        long marks = observer.marks(topics.manifests().name(), 1);
        for (int round = 1; round <= rounds; round++) {
            marks += observer.marks(topics.round(round).name(), topics.partitions());
        }
        return marks;
    }

    /** Every record of the topics that trainers write. */
    public List<ConsumerRecord<byte[], byte[]>> trainersBytes() {
        List<ConsumerRecord<byte[], byte[]>> all =
                new ArrayList<>(observer.scan(topics.manifests().name(), 1));
        for (int round = 1; round <= rounds; round++) {
            all.addAll(observer.scan(topics.round(round).name(), topics.partitions()));
        }
        return all;
    }

    /** Every record of the topics that trainers must not write to. */
    public List<ConsumerRecord<byte[], byte[]>> othersBytes() {
        return Stream.of(
                        topics.commands(),
                        topics.decisions(),
                        topics.parts(),
                        topics.rounds(),
                        topics.globalAdapter(),
                        topics.deadLetters())
                .flatMap(topic -> observer.scan(topic.name(), topic.partitions()).stream())
                .toList();
    }

    /** Ends its processes. */
    @Override
    public void close() {
        processes.kill();
        observer.close();
    }
}
