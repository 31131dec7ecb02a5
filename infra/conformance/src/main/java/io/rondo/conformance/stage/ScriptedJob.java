package io.rondo.conformance.stage;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.log.DType;
import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationReported;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.Source;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyAdded;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.RoundLayouts;
import io.rondo.schemas.sign.KeyFile;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;

/**
 * A job of one trainer under test, whose aggregator is the script: nothing is decided, every answer is what the scenario says. The adapters
 * that it publishes are drawn, and no two are alike, so that an upload shows what it was trained from.
 */
public final class ScriptedJob implements AutoCloseable {
    /** The id of the trainer under test. */
    public static final String TRAINER = "site-a";

    /** A trainer of the cohort that is not there. */
    public static final String OTHER = "site-b";

    private static final String LARGEST = "max.message.bytes";
    private static final long HOUR_MS = 3_600_000;
    /** Quiet times for a process to start in. */
    private static final int SETTLE = 6;

    private final Cluster cluster;
    private final Pace pace;
    private final Task task;
    private final JobSubmitted submitted;
    private final JobTopics topics;
    private final RoundLayouts flats;
    private final Ledger ledger;
    private final Observer observer;
    private final Adapters adapters;
    private final Path directory;
    private final Optional<JobKeys> keys;
    private final BiFunction<Map<String, String>, Path, RunningTrainer> program;
    private final List<RunningTrainer> started = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Map<Integer, RoundOpened> openings = new HashMap<>();
    private final List<Entry<?>> joins = new ArrayList<>();
    private final List<Entry<?>> answered = new ArrayList<>();

    ScriptedJob(
            Cluster cluster,
            Pace pace,
            Task task,
            JobSpec spec,
            Optional<JobKeys> keys,
            Path directory,
            BiFunction<Map<String, String>, Path, RunningTrainer> program) {
        this.cluster = cluster;
        this.pace = pace;
        this.task = task;
        this.keys = keys;
        this.directory = directory;
        this.program = program;
        AdapterLayout layout = task.layout(spec.getRank());
        this.submitted = new JobSubmitted(
                UUID.randomUUID().toString(),
                spec,
                layout.toAvro(),
                layout.digest(),
                System.currentTimeMillis(),
                null,
                null,
                null);
        this.topics = new JobTopics(spec.getName(), spec.getPartitions(), spec.getReplication());
        this.flats = RoundLayouts.of(layout, spec);
        cluster.connection().topicCreator(cluster.admin()).ensure(topicList());
        keys.ifPresent(all -> all.operator().signed(submitted, 0, null));
        this.ledger = new Ledger(
                cluster, topics, record -> keys.isPresent() ? keys.get().signed(record) : record);
        this.observer = new Observer(cluster, topics);
        this.adapters = new Adapters(submitted.getJobUuid(), flats, ledger);
        ledger.commit(() -> {
            ledger.command(submitted);
            ledger.decide(header -> new JobStarted(
                    header, uuid(), spec, submitted.getLayout(), submitted.getLayoutDigest(), null, null));
            openNow(0, -1, Identifiers.SUBMITTER);
            keys.ifPresent(this::add);
        });
    }

    private void add(JobKeys all) {
        TrainerKeyAddRequested added = all.operator()
                .signed(
                        new TrainerKeyAddRequested(
                                uuid(),
                                TRAINER,
                                all.trainer().verifyingKey().toString(),
                                System.currentTimeMillis(),
                                null),
                        1,
                        null);
        ledger.command(added);
        ledger.decide(header -> new TrainerKeyAdded(header, TRAINER, added.getPublicKey()));
        Path file = directory.resolve("trainer.key");
        KeyFile.write(file, all.trainer());
        set("RONDO_KEY", file.toString());
    }

    /** The keys of a job that takes signed records. */
    public JobKeys keys() {
        return keys.orElseThrow();
    }

    private List<Topic> topicList() {
        List<Topic> all = new ArrayList<>(topics.fixed());
        for (int round = 0; round <= submitted.getSpec().getRounds(); round++) {
            all.add(topics.round(round));
        }
        return all;
    }

    public String uuid() {
        return submitted.getJobUuid();
    }

    public JobSubmitted submission() {
        return submitted;
    }

    public JobTopics topics() {
        return topics;
    }

    public Task task() {
        return task;
    }

    public Pace pace() {
        return pace;
    }

    public FlatLayout flat(int round) {
        return flats.of(round);
    }

    // --- the trainer under test

    /** Changes a variable of the trainers that are started from now on. */
    public void set(String variable, String value) {
        environment.put(variable, value);
    }

    /** Starts the trainer on its state directory. */
    public RunningTrainer start() {
        Map<String, String> variables = new HashMap<>();
        variables.put("RONDO_BOOTSTRAP_SERVERS", cluster.connection().bootstrapServers());
        variables.put("RONDO_SCHEMA_REGISTRY", cluster.connection().schemaRegistry());
        variables.put("RONDO_JOB", topics.job());
        variables.put("RONDO_TRAINER", TRAINER);
        variables.put("RONDO_STATE_DIR", directory.resolve("state").toString());
        variables.put("RONDO_TRAIN", task.train().toString());
        variables.put("RONDO_TEST", task.test().toString());
        variables.put("RONDO_MODEL", task.spec().getModel());
        variables.putAll(environment);
        RunningTrainer trainer = program.apply(variables, directory.resolve("trainer.log"));
        started.add(trainer);
        return trainer;
    }

    /** Starts the trainer, publishes round 0, and admits the trainer when it joins. */
    public RunningTrainer begin() {
        publish(0);
        RunningTrainer trainer = start();
        admit(awaitJoin());
        return trainer;
    }

    // --- what the trainer has sent

    /** Waits until a trainer has joined. @return false where it has ended without */
    public boolean awaitJoinOrEnd() {
        while (true) {
            boolean ended = hasEnded();
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
        return awaitNew(TrainerJoined.class, joined -> joined.getTrainer().equals(TRAINER), joins, "joined");
    }

    /** The next update for a round after those that were seen, with its chunks. */
    public Update awaitUpdate(int round) {
        Entry<UpdateManifest> manifest = awaitNew(
                UpdateManifest.class,
                sent -> sent.getTrainer().equals(TRAINER) && sent.getRound() == round,
                answered,
                "sent a manifest for round " + round);
        return update(manifest);
    }

    public Entry<EvaluationReported> awaitEvaluation(int round) {
        return await(
                EvaluationReported.class,
                sent -> sent.getTrainer().equals(TRAINER) && sent.getRound() == round,
                "reported its evaluation of round " + round);
    }

    public Entry<TrainerLeft> awaitLeft() {
        return await(TrainerLeft.class, left -> left.getTrainer().equals(TRAINER), "sent TrainerLeft");
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
            boolean ended = hasEnded();
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
            Overdue.require(!ended, "the trainer ended before it %s%s", what, ending());
            Overdue.require(
                    System.nanoTime() < deadline,
                    "the trainer has not %s within %d s%s",
                    what,
                    pace.patience().toSeconds(),
                    problems());
        }
    }

    private boolean hasEnded() {
        return !started.isEmpty() && started.stream().noneMatch(RunningTrainer::isAlive);
    }

    /** How the last process ended, for a reason. */
    public String ending() {
        RunningTrainer last = started.get(started.size() - 1);
        OptionalInt code = last.awaitExit(Duration.ofSeconds(1));
        return ", " + (code.isPresent() ? "with exit code " + code.getAsInt() : "and still runs") + indented(last);
    }

    private static String indented(RunningTrainer trainer) {
        String lines = trainer.lastLines();
        return lines.isEmpty() ? "" : "; its last lines:\n    " + lines.replace("\n", "\n    ");
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
        for (int i = 0; i < SETTLE && !hasEnded(); i++) {
            quiet();
        }
        return hasEnded();
    }

    /** Lets the quiet time pass, or less where the trainer ends. */
    public void quiet() {
        long deadline = System.nanoTime() + pace.quiet().toNanos();
        while (System.nanoTime() < deadline && !hasEnded()) {
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
                        && !chunk.getTrainer().equals(OTHER))
                .map(entry -> entry.as(TensorChunk.class))
                .toList();
    }

    private Update update(Entry<UpdateManifest> manifest) {
        int round = manifest.record().getRound();
        List<Entry<TensorChunk>> chunks = chunks(round).stream()
                .filter(chunk ->
                        chunk.record().getAttempt().equals(manifest.record().getAttempt()))
                .toList();
        return new Update(manifest, chunks, flat(round));
    }

    /** Values on the trainer's topics that are no records of the log. */
    public List<String> unreadable() {
        for (int round = 0; round <= submitted.getSpec().getRounds(); round++) {
            chunks(round);
        }
        return observer.unreadable();
    }

    /** Offsets of the trainer's topics that hold the marks of transactions. */
    public long transactionMarks() {
        long marks = observer.marks(topics.manifests().name(), 1);
        for (int round = 1; round <= submitted.getSpec().getRounds(); round++) {
            marks += observer.marks(topics.round(round).name(), topics.partitions());
        }
        return marks;
    }

    /** Every record of the topics that trainers write. */
    public List<ConsumerRecord<byte[], byte[]>> trainersBytes() {
        List<ConsumerRecord<byte[], byte[]>> all =
                new ArrayList<>(observer.scan(topics.manifests().name(), 1));
        for (int round = 1; round <= submitted.getSpec().getRounds(); round++) {
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

    // --- what the aggregator says

    /** Admits a process of the trainer. */
    public void admit(Entry<TrainerJoined> joined) {
        ledger.commit(() -> ledger.round(
                ledger.decide(joined, header -> admitted(header, joined.record().getIncarnation()))));
    }

    /** Admits another process under the trainer's id, which takes its place. */
    public void admitAnother() {
        ledger.commit(() -> ledger.round(
                ledger.decide(header -> admitted(header, UUID.randomUUID().toString()))));
    }

    private static TrainerAdmitted admitted(DecisionHeader header, String incarnation) {
        return TrainerAdmitted.newBuilder()
                .setHeader(header)
                .setTrainer(TRAINER)
                .setIncarnation(incarnation)
                .build();
    }

    /** Refuses a join. */
    public void refuseJoin(Entry<TrainerJoined> joined) {
        ledger.commit(() -> ledger.round(ledger.decide(joined, header -> InputRefused.newBuilder()
                .setHeader(header)
                .setReason("not-invited")
                .setDetail("by the script of the conformance kit")
                .setTrainer(TRAINER)
                .setIncarnation(joined.record().getIncarnation())
                .build())));
    }

    /** Rejects an attempt that the trainer has not sent, in its name. */
    public void rejectForeign(Update update, String reason) {
        UpdateManifest manifest = update.manifest().record();
        ledger.commit(() -> ledger.round(ledger.decide(header -> UpdateRejected.newBuilder()
                .setHeader(header)
                .setRound(manifest.getRound())
                .setTrainer(manifest.getTrainer())
                .setIncarnation(manifest.getIncarnation())
                .setAttempt("of-somebody-else")
                .setReason(reason)
                .setDetail("of an attempt that somebody else has sent")
                .build())));
    }

    /** Opens a round on the last published one, for the trainer alone. */
    public void open(int round) {
        open(round, adapters.latest(), TRAINER);
    }

    /** Somebody else opens a round on the topic of rounds, with a key of its own. Nothing was decided. */
    public void openByAnother(int round) {
        DecisionHeader header = new DecisionHeader(0L, new Source("clock", -1L, null, -1L), System.currentTimeMillis());
        RoundOpened opened =
                SigningKey.generate().signed(opened(header, round, adapters.latest(), TRAINER), round, null);
        ledger.commit(() -> ledger.round(opened));
    }

    /** The last record by which a round was opened. */
    public RoundOpened opening(int round) {
        return openings.get(round);
    }

    public void open(int round, int base, String... cohort) {
        ledger.commit(() -> openNow(round, base, cohort));
    }

    private void openNow(int round, int base, String... cohort) {
        RoundOpened opened = ledger.decide(header -> opened(header, round, base, cohort));
        openings.put(round, opened);
        ledger.round(opened);
    }

    /** Writes what these steps write in one transaction, so that the trainer sees all of it at once. */
    public void together(Runnable steps) {
        ledger.commit(steps);
    }

    /** A round of which the trainer is no part: it opens for another one, and is published. */
    public void pass(int round) {
        open(round, adapters.latest(), OTHER);
        publish(round);
    }

    /** A RoundOpened as it would be, without writing it. */
    public RoundOpened opened(DecisionHeader header, int round, int base, String... cohort) {
        long now = System.currentTimeMillis();
        return new RoundOpened(
                header,
                uuid(),
                round,
                base,
                List.of(cohort),
                1,
                now,
                now + HOUR_MS,
                (long) flat(round).elements(),
                flat(round).chunks(),
                null);
    }

    /** Publishes a round whose members are these updates, and perhaps others'; its values are drawn. */
    public void publish(int round, Update... members) {
        publish(round, adapters.draw(round), members);
    }

    public void publish(int round, float[] values, Update... members) {
        ledger.commit(() -> {
            for (Update update : members) {
                ledger.decide(
                        update.manifest(),
                        header -> new UpdateAccepted(
                                header, round, 1.0, update.manifest().record()));
            }
            ledger.decide(header -> new RoundClosed(header, round, 1, "all", Adapters.members(members)));
            adapters.publish(round, values, members);
        });
    }

    /** What trainers find as the adapter now, in the layout of a round. */
    public float[] expected(int round) {
        return adapters.expected(round);
    }

    /** The values of a tensor as they were published last; null if they never were. */
    public float[] published(String tensor) {
        return adapters.current(tensor);
    }

    public Adapters adapters() {
        return adapters;
    }

    public void accept(Update update) {
        ledger.commit(() -> ledger.decide(
                update.manifest(),
                header -> new UpdateAccepted(
                        header,
                        update.manifest().record().getRound(),
                        1.0,
                        update.manifest().record())));
    }

    public void reject(Update update, String reason, Rejection kind) {
        UpdateManifest manifest = update.manifest().record();
        ledger.commit(() -> ledger.round(ledger.decide(
                update.manifest(),
                header -> new UpdateRejected(
                        header,
                        manifest.getRound(),
                        manifest.getTrainer(),
                        manifest.getIncarnation(),
                        manifest.getAttempt(),
                        reason,
                        "by the script of the conformance kit",
                        kind == Rejection.REVOKED))));
    }

    /** Whether an update was refused as it came, or accepted at first. */
    public enum Rejection {
        REFUSED,
        REVOKED
    }

    public void extend(int round) {
        ledger.commit(() -> ledger.round(ledger.decide(header -> RoundExtended.newBuilder()
                .setHeader(header)
                .setRound(round)
                .setDeadline(System.currentTimeMillis() + HOUR_MS)
                .build())));
    }

    public void fail(int round) {
        ledger.commit(() ->
                ledger.round(ledger.decide(header -> new RoundFailed(header, round, "no-quorum", "by the script"))));
    }

    public void remove(Entry<TrainerJoined> joined) {
        ledger.commit(() -> ledger.round(ledger.decide(
                header -> new TrainerRemoved(header, TRAINER, joined.record().getIncarnation(), "absent"))));
    }

    public void pause() {
        ledger.commit(() -> ledger.round(ledger.decide(header -> new JobPaused(header, uuid(), "by the script"))));
    }

    public void resume() {
        ledger.commit(() -> ledger.round(ledger.decide(header -> new JobResumed(header, uuid(), "by the script"))));
    }

    public void finish() {
        ledger.commit(() -> ledger.round(ledger.decide(header -> new JobFinished(header, uuid(), ""))));
    }

    public void abort() {
        ledger.commit(() -> ledger.round(ledger.decide(header -> new JobAborted(header, uuid(), "by the script"))));
    }

    /** Writes records on {@code rounds} in a transaction that is aborted: nobody who reads what is committed sees them. */
    public void aborted(List<? extends SpecificRecord> records) {
        ledger.begin();
        records.forEach(ledger::round);
        ledger.abort();
    }

    /** Begins to open a round in a transaction that stays open until {@link #commit()}. */
    public void openUncommitted(int round) {
        ledger.begin();
        openNow(round, adapters.latest(), TRAINER);
        ledger.flush();
    }

    public void commit() {
        ledger.commit();
    }

    /** Puts a value on {@code rounds} as it is. */
    public void roundBytes(byte[] value) {
        ledger.commit(() -> ledger.roundBytes(value));
    }

    /** A new producer, after the broker was away. */
    public void reconnect() {
        ledger.reconnect();
    }

    // --- the broker

    /** From now on the broker refuses every record of a round's topic, as too large. */
    public void refuseChunks(int round) {
        alter(topics.round(round), new AlterConfigOp(new ConfigEntry(LARGEST, "1"), AlterConfigOp.OpType.SET));
        await(
                "the broker still takes chunks",
                () -> !ledger.probe(topics.round(round).name(), probe(round)));
    }

    /** Takes that back. */
    public void takeChunks(int round) {
        alter(topics.round(round), new AlterConfigOp(new ConfigEntry(LARGEST, ""), AlterConfigOp.OpType.DELETE));
        await(
                "the broker still refuses chunks",
                () -> ledger.probe(topics.round(round).name(), probe(round)));
    }

    /** A broker follows a change of its topics a moment later. */
    private void await(String problem, BooleanSupplier done) {
        long deadline = System.nanoTime() + pace.patience().toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new NotApplicable(problem);
            }
        }
    }

    private static TensorChunk probe(int round) {
        return new TensorChunk(OTHER, "probe", round, 0, 0L, 0, DType.F32, ByteBuffer.allocate(0), Digests.of());
    }

    private void alter(Topic topic, AlterConfigOp change) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        try {
            cluster.admin()
                    .incrementalAlterConfigs(Map.of(resource, List.of(change)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new NotApplicable("the broker does not let the kit set a topic's configuration: "
                    + e.getCause().getMessage());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Ends the trainers and removes the topics. */
    @Override
    public void close() {
        started.stream().filter(RunningTrainer::isAlive).forEach(RunningTrainer::kill);
        observer.close();
        ledger.close();
        cluster.admin().deleteTopics(topicList().stream().map(Topic::name).toList());
    }
}
