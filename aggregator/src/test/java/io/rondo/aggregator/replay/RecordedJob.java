package io.rondo.aggregator.replay;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.AdapterChunk;
import io.rondo.log.OffsetRange;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;

/** Records a small job of every kind of record: three trainers, a late update, a faulty one, an evaluation, a pause. */
public final class RecordedJob {
    public static final long START = 1_700_000_000_000L;
    static final long ROUND_MS = 60_000;

    private final TestJob job;
    private final JobTopics topics;
    private final RecordCodec codec = new InMemorySchemas().codec();
    private final MemoryJobLog log;
    private final LocalAggregator aggregator;
    private final Map<String, String> incarnations = new HashMap<>();
    private long at = START;
    private int baseRound = -1;

    public RecordedJob(TestJob job) {
        this.job = job;
        this.topics = new JobTopics(job.spec().getName(), job.spec().getPartitions(), 1);
        this.log = new MemoryJobLog(topics, codec);
        this.aggregator = new LocalAggregator(topics, codec, log, round -> START + round * ROUND_MS, new Unheard());
    }

    public MemoryJobLog log() {
        return log;
    }

    public TestJob job() {
        return job;
    }

    /** Submits the job and publishes round 0; three trainers join. */
    public RecordedJob start() {
        aggregator.answer(InputTopic.COMMANDS, job.submitted(), at);
        manifest(upload(Identifiers.SUBMITTER, 0, UnaryOperator.identity()));
        aggregator.work();
        for (String trainer : List.of("a", "b", "c")) {
            aggregator.answer(InputTopic.MANIFESTS, job.joined(trainer, "i-" + trainer), at);
        }
        return this;
    }

    /** One round of which all updates are sound. */
    public RecordedJob soundRound(int round) {
        at = START + round * ROUND_MS;
        for (String trainer : List.of("b", "a", "c")) {
            at += 1_000;
            manifest(upload(trainer, round, UnaryOperator.identity()));
        }
        aggregator.work();
        return this;
    }

    /** A round with a fault that only reading shows, a close at the deadline, and an update that comes too late. */
    public RecordedJob troubledRound(int round) {
        at = START + round * ROUND_MS + 1_000;
        manifest(upload("a", round, UnaryOperator.identity()));
        manifest(upload(
                "b",
                round,
                chunk -> chunk.getOrdinal() == 4
                        ? TensorChunk.newBuilder(chunk).setCount(1).build()
                        : chunk));
        aggregator.work();
        at += 1_000;
        manifest(upload("c", round, UnaryOperator.identity()));
        aggregator.tick(START + round * ROUND_MS + job.spec().getDeadlineMs() + 1);
        at = START + round * ROUND_MS + job.spec().getDeadlineMs() + 500;
        UpdateManifest late = upload("b", round, UnaryOperator.identity());
        aggregator.work();
        manifest(late);
        aggregator.answer(InputTopic.MANIFESTS, job.evaluation("a", "i-a", round), at);
        return this;
    }

    /** A round in which c sends nothing; it closes on a quorum at the deadline. */
    public RecordedJob roundWithoutC(int round) {
        at = START + round * ROUND_MS + 1_000;
        manifest(upload("a", round, UnaryOperator.identity()));
        manifest(upload("b", round, UnaryOperator.identity()));
        aggregator.tick(START + round * ROUND_MS + job.spec().getDeadlineMs() + 1);
        aggregator.work();
        return this;
    }

    /** A round that ends at its deadline with one update, for want of a quorum, where the job says so. */
    public RecordedJob roundWithoutQuorum(int round) {
        at = START + round * ROUND_MS + 1_000;
        baseRound = round - 1;
        manifest(upload("a", round, UnaryOperator.identity()));
        at = START + round * ROUND_MS + job.spec().getDeadlineMs() + 1;
        aggregator.tick(at, START + (round + 1) * ROUND_MS);
        manifest(upload("b", round, UnaryOperator.identity()));
        aggregator.work();
        return this;
    }

    /** A round that c answers, and that waits for a and b until its deadline: both have left. It opens again for c alone. */
    public RecordedJob roundOfWhoIsLeft(int round) {
        at = START + round * ROUND_MS + 1_000;
        manifest(upload("c", round, UnaryOperator.identity()));
        for (String trainer : List.of("a", "b")) {
            TrainerLeft left = TrainerLeft.newBuilder()
                    .setJobUuid(TestJob.UUID)
                    .setTrainer(trainer)
                    .setIncarnation("i-" + trainer)
                    .build();
            aggregator.answer(InputTopic.MANIFESTS, left, at);
        }
        at = START + round * ROUND_MS + job.spec().getDeadlineMs() + 1;
        aggregator.tick(at);
        aggregator.work();
        return this;
    }

    /** A sound round behind one without a quorum: its updates were trained on the adapter before that. */
    public RecordedJob soundRoundBehind(int round) {
        soundRound(round);
        baseRound = -1;
        return this;
    }

    /** The update that c should have sent in time. */
    public RecordedJob lateUpdateOfC(int round) {
        at = START + round * ROUND_MS + job.spec().getDeadlineMs() + 500;
        manifest(upload("c", round, UnaryOperator.identity()));
        return this;
    }

    /** The same from another process of c, behind the deadline: the first one has left, the second one has joined since. */
    public RecordedJob lateUpdateOfCWhichJoinedAgain(int round) {
        at = START + round * ROUND_MS + job.spec().getDeadlineMs() + 200;
        TrainerLeft left = TrainerLeft.newBuilder()
                .setJobUuid(TestJob.UUID)
                .setTrainer("c")
                .setIncarnation("i-c")
                .build();
        aggregator.answer(InputTopic.MANIFESTS, left, at);
        incarnations.put("c", "i-c-2");
        aggregator.answer(InputTopic.MANIFESTS, job.joined("c", "i-c-2"), at);
        return lateUpdateOfC(round);
    }

    /** Joins and evaluations that are refused, all together, with a sound evaluation between them. */
    public RecordedJob flood() {
        aggregator.refuseTogether();
        for (int i = 0; i < 3; i++) {
            aggregator.answer(InputTopic.MANIFESTS, job.joined(Identifiers.SUBMITTER, "i-" + i), at);
            aggregator.answer(InputTopic.MANIFESTS, job.evaluation("nobody", "i-" + i, 0), at);
            if (i == 1) {
                evaluate("a", 0);
            }
        }
        aggregator.settle();
        return this;
    }

    public RecordedJob evaluate(String trainer, int round) {
        aggregator.answer(InputTopic.MANIFESTS, job.evaluation(trainer, "i-" + trainer, round), at);
        return this;
    }

    private void manifest(UpdateManifest manifest) {
        aggregator.answer(InputTopic.MANIFESTS, manifest, at);
    }

    private UpdateManifest upload(String trainer, int round, UnaryOperator<TensorChunk> inTheLog) {
        String attempt = trainer + "-" + round + "-" + at;
        List<TensorChunk> chunks = job.chunks(trainer, attempt, round, job.values(trainer, round));
        Map<Integer, OffsetRange> ranges = new TreeMap<>();
        for (TensorChunk chunk : chunks) {
            int partition = chunk.getOrdinal() % topics.partitions();
            byte[] value = codec.encode(topics.round(round).name(), inTheLog.apply(chunk));
            long offset = log.append(topics.round(round), partition, null, value, at);
            ranges.merge(
                    partition,
                    new OffsetRange(partition, offset, offset),
                    (one, other) -> new OffsetRange(partition, one.getFirst(), other.getLast()));
        }
        String incarnation =
                trainer.equals(Identifiers.SUBMITTER) ? "" : incarnations.getOrDefault(trainer, "i-" + trainer);
        UpdateManifest manifest = job.manifest(trainer, incarnation, round, chunks, 0);
        return UpdateManifest.newBuilder(manifest)
                .setBaseRound(baseRound < 0 ? manifest.getBaseRound() : baseRound)
                .setRanges(new ArrayList<>(ranges.values()))
                .setMetrics(Map.of("loss", 0.25))
                .build();
    }

    private static final class Unheard implements LocalAggregator.Listener {
        @Override
        public void decided(SpecificRecord decision) {}

        @Override
        public void folded(AdapterChunk chunk) {}

        @Override
        public void published(RoundPublished publication) {}
    }
}
