package io.rondo.conformance.stage;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.log.DecisionHeader;
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
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyAdded;
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
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;

/**
 * A job of one trainer under test, whose aggregator is the script: nothing is decided, every answer is what the scenario says. The adapters
 * that it publishes are drawn, and no two are alike, so that an upload shows what it was trained from.
 */
public final class ScriptedJob implements AutoCloseable {
    /** A trainer of the cohort that is not there. */
    public static final String OTHER = "site-b";

    private static final String TRAINER = TrainerUnderTest.ID;
    private static final long HOUR_MS = 3_600_000;

    private final Cluster cluster;
    private final Pace pace;
    private final Task task;
    private final JobSubmitted submitted;
    private final JobTopics topics;
    private final RoundLayouts flats;
    private final Ledger ledger;
    private final Adapters adapters;
    private final TrainerUnderTest trainer;
    private final BrokerLimits limits;
    private final Path directory;
    private final Optional<JobKeys> keys;
    private final Map<Integer, RoundOpened> openings = new HashMap<>();

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
        this.adapters = new Adapters(submitted.getJobUuid(), flats, ledger);
        this.trainer = new TrainerUnderTest(
                new TrainerProcesses(program, directory.resolve("trainer.log"), environment()),
                new Observer(cluster, topics),
                pace,
                topics,
                flats,
                spec.getRounds());
        this.limits = new BrokerLimits(cluster, pace, topics, ledger);
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
        trainer.set("RONDO_KEY", file.toString());
    }

    private Map<String, String> environment() {
        return Map.of(
                "RONDO_BOOTSTRAP_SERVERS", cluster.connection().bootstrapServers(),
                "RONDO_SCHEMA_REGISTRY", cluster.connection().schemaRegistry(),
                "RONDO_JOB", topics.job(),
                "RONDO_TRAINER", TRAINER,
                "RONDO_STATE_DIR", directory.resolve("state").toString(),
                "RONDO_TRAIN", task.train().toString(),
                "RONDO_TEST", task.test().toString(),
                "RONDO_MODEL", task.spec().getModel());
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

    /** The trainer under test. */
    public TrainerUnderTest trainer() {
        return trainer;
    }

    /** What the broker takes on the job's topics. */
    public BrokerLimits limits() {
        return limits;
    }

    /** Starts the trainer, publishes round 0, and admits the trainer when it joins. */
    public RunningTrainer begin() {
        publish(0);
        RunningTrainer running = trainer.start();
        admit(trainer.awaitJoin());
        return running;
    }

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

    /** Ends the trainers and removes the topics. */
    @Override
    public void close() {
        trainer.close();
        ledger.close();
        cluster.admin().deleteTopics(topicList().stream().map(Topic::name).toList());
    }
}
