package io.rondo.trainer.runtime;

import io.rondo.log.OffsetRange;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.tensor.TensorBytes;
import io.rondo.trainer.runtime.upload.UpdateHeader;
import io.rondo.trainer.runtime.upload.UpdateUploader;
import io.rondo.trainer.runtime.upload.UploadedUpdate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The log and the aggregator of a job in memory, at once and on the trainer's thread: each manifest is answered before the
 * upload returns. A round is published when all admitted trainers have sent their update, and the next one opens.
 */
public final class FakeAggregator {
    final Records records;
    final List<SpecificRecord> announced = new ArrayList<>();
    final Map<Integer, float[]> adapters = new TreeMap<>();
    final List<TensorChunk> chunks = new ArrayList<>();
    final List<UpdateManifest> manifests = new ArrayList<>();

    private final List<SpecificRecord> rounds = new ArrayList<>();
    private final Queue<Function<UpdateManifest, List<SpecificRecord>>> answers = new ArrayDeque<>();
    private final RecordCodec codec = new InMemorySchemas().codec();
    private final MockProducer<byte[], byte[]> producer;
    private final Map<String, String> admitted = new TreeMap<>();
    private final Map<String, float[]> updates = new TreeMap<>();
    private int scanned;
    private int open = -1;
    private int lastRound;

    public FakeAggregator(Records records) {
        this.records = records;
        this.lastRound = records.job().spec().getRounds();
        this.producer = producer(records.job(), true);
        publish(0, random(0));
    }

    /** A producer that knows the partitions of the job's topics. */
    public static MockProducer<byte[], byte[]> producer(FederatedJob job, boolean autoComplete) {
        Node node = new Node(0, "localhost", 9092);
        List<PartitionInfo> partitions = new ArrayList<>();
        Stream.concat(
                        Stream.of(job.topics().manifests()),
                        IntStream.rangeClosed(0, job.spec().getRounds()).mapToObj(job.topics()::round))
                .forEach(topic -> IntStream.range(0, topic.partitions())
                        .forEach(p -> partitions.add(
                                new PartitionInfo(topic.name(), p, node, new Node[] {node}, new Node[] {node}))));
        Cluster cluster = new Cluster("test", List.of(node), partitions, Set.of(), Set.of());
        return new MockProducer<>(cluster, autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Answers the next manifest with these records, whatever is in it. */
    public FakeAggregator answerNext(Function<UpdateManifest, List<SpecificRecord>> next) {
        answers.add(next);
        return this;
    }

    /** Opens no round after this one. */
    public FakeAggregator holdAfter(int round) {
        lastRound = round;
        return this;
    }

    public void resume() {
        lastRound = records.job().spec().getRounds();
        openNext();
    }

    public float[] random(int round) {
        SplittableRandom random = new SplittableRandom(round + 17L);
        float[] values = new float[records.job().flat(round).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextDouble() - 0.5) / 4;
        }
        return values;
    }

    /** Publishes a round, whoever took part in it. */
    public void publish(int round, float[] values) {
        adapters.put(round, values);
        updates.clear();
        open = -1;
        rounds.add(records.published(round));
        if (round == records.job().spec().getRounds()) {
            rounds.add(Records.finished());
        } else {
            openNext();
        }
    }

    public void append(SpecificRecord record) {
        rounds.add(record);
    }

    private void openNext() {
        int next = adapters.size();
        if (open < 0 && !admitted.isEmpty() && next <= lastRound) {
            open = next;
            rounds.add(records.opened(next, admitted.keySet().toArray(String[]::new)));
        }
    }

    private void scan() {
        List<ProducerRecord<byte[], byte[]>> history = producer.history();
        for (; scanned < history.size(); scanned++) {
            ProducerRecord<byte[], byte[]> sent = history.get(scanned);
            if (!(codec.decode(sent.topic(), sent.value()) instanceof Decoded.Readable readable)) {
                throw new IllegalStateException("unreadable record on " + sent.topic());
            }
            if (readable.record() instanceof TensorChunk chunk) {
                chunks.add(chunk);
            } else if (readable.record() instanceof UpdateManifest manifest) {
                manifests.add(manifest);
                answer(manifest);
            }
        }
    }

    private void answer(UpdateManifest manifest) {
        if (!answers.isEmpty()) {
            rounds.addAll(answers.remove().apply(manifest));
            return;
        }
        String reason = !manifest.getIncarnation().equals(admitted.get(manifest.getTrainer()))
                ? "fenced"
                : updates.containsKey(manifest.getTrainer()) ? "duplicate" : manifest.getRound() != open ? "late" : "";
        if (!reason.isEmpty()) {
            append(Records.rejected(
                    manifest.getRound(),
                    manifest.getTrainer(),
                    manifest.getIncarnation(),
                    manifest.getAttempt(),
                    reason));
            return;
        }
        updates.put(manifest.getTrainer(), assemble(manifest));
        if (updates.keySet().containsAll(admitted.keySet())) {
            publish(open, mean());
        }
    }

    private float[] mean() {
        float[] mean = new float[records.job().flat(open).elements()];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (float[] update : updates.values()) {
                sum += update[i];
            }
            mean[i] = (float) (sum / updates.size());
        }
        return mean;
    }

    /** What a fold would do with the manifest: take its chunks, check that they are where and what it says. */
    private float[] assemble(UpdateManifest manifest) {
        FlatLayout flat = records.job().flat(manifest.getRound());
        float[] values = new float[flat.elements()];
        List<Sha256> digests = new ArrayList<>();
        for (TensorChunk chunk : chunks) {
            if (chunk.getAttempt().equals(manifest.getAttempt())) {
                TensorBytes.decode(
                        chunk.getDtype(), chunk.getValues(), values, (int) chunk.getPosition(), chunk.getCount());
                digests.add(chunk.getDigest());
            }
        }
        long inRanges =
                manifest.getRanges().stream().mapToLong(FakeAggregator::length).sum();
        if (!digests.equals(manifest.getChunkDigests())
                || digests.size() != flat.chunks()
                || inRanges < flat.chunks()
                || !Digests.ofDigests(digests).equals(manifest.getDigest())) {
            throw new IllegalStateException("a manifest that does not describe its chunks: " + manifest);
        }
        return values;
    }

    private static long length(OffsetRange range) {
        return range.getLast() - range.getFirst() + 1;
    }

    public Log log(Crash crash) {
        return new Log(crash);
    }

    /** The log as one process sees it. */
    public final class Log implements TrainerLog {
        private final Crash crash;
        private final UpdateUploader uploader;
        private int position;
        private int idlePolls;

        Log(Crash crash) {
            this.crash = crash;
            this.uploader = new UpdateUploader(
                    crash.on(producer, records.job()), codec, records.job().topics());
        }

        /** Whether the trainer has nothing left to do. */
        boolean isIdle() {
            return idlePolls > 5;
        }

        @Override
        public FederatedJob job() {
            return records.job();
        }

        @Override
        public List<SpecificRecord> recentRounds(OptionalInt followed) {
            return news();
        }

        private List<SpecificRecord> news() {
            List<SpecificRecord> news = List.copyOf(rounds.subList(position, rounds.size()));
            position = rounds.size();
            return news;
        }

        @Override
        public List<SpecificRecord> awaitRounds(Duration timeout) {
            List<SpecificRecord> news = news();
            idlePolls = news.isEmpty() ? idlePolls + 1 : 0;
            return news;
        }

        @Override
        public Map<String, Tensor> adapter(RoundPublished published) {
            return records.job().flat(published.getRound()).split(adapters.get(published.getRound()));
        }

        @Override
        public void announce(SpecificRecord announcement, Duration patience) {
            announced.add(announcement);
            if (announcement instanceof TrainerJoined joined) {
                admitted.put(joined.getTrainer(), joined.getIncarnation());
                openNext();
            } else if (announcement instanceof TrainerLeft left) {
                admitted.remove(left.getTrainer(), left.getIncarnation());
            }
        }

        @Override
        public UploadedUpdate upload(UpdateHeader header, FlatLayout layout, float[] values) {
            crash.pass(Crash.Point.BEFORE_UPLOAD, header.round());
            UploadedUpdate uploaded;
            try {
                uploaded = uploader.upload(header, layout, values);
            } finally {
                scan();
            }
            crash.pass(Crash.Point.AFTER_MANIFEST, header.round());
            return uploaded;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
