package io.rondo.conformance.reference;

import static io.rondo.conformance.reference.Fault.BELIEVES_ANY_ADAPTER;
import static io.rondo.conformance.reference.Fault.BELIEVES_ANY_REJECTION;
import static io.rondo.conformance.reference.Fault.DOES_NOT_TRAIN;
import static io.rondo.conformance.reference.Fault.ENDS_AT_AN_UNKNOWN_RECORD;
import static io.rondo.conformance.reference.Fault.FAILS_AT_THE_END;
import static io.rondo.conformance.reference.Fault.GOES_ON_WHEN_FENCED;
import static io.rondo.conformance.reference.Fault.GOES_ON_WHEN_REFUSED;
import static io.rondo.conformance.reference.Fault.GOES_ON_WHEN_SUPERSEDED;
import static io.rondo.conformance.reference.Fault.IGNORES_A_SECOND_COHORT;
import static io.rondo.conformance.reference.Fault.IGNORES_THE_COHORT;
import static io.rondo.conformance.reference.Fault.JOINS_WITH_ANY_LAYOUT;
import static io.rondo.conformance.reference.Fault.JOINS_WITH_ANY_MODEL;
import static io.rondo.conformance.reference.Fault.KEEPS_A_FAILED_ROUND;
import static io.rondo.conformance.reference.Fault.LEAVES_WHEN_FENCED;
import static io.rondo.conformance.reference.Fault.LOADS_ONLY_THE_FIRST_ADAPTER;
import static io.rondo.conformance.reference.Fault.NEVER_EVALUATES;
import static io.rondo.conformance.reference.Fault.NEVER_LEAVES;
import static io.rondo.conformance.reference.Fault.NEVER_REJOINS;
import static io.rondo.conformance.reference.Fault.NEVER_RESENDS;
import static io.rondo.conformance.reference.Fault.NOT_DETERMINISTIC;
import static io.rondo.conformance.reference.Fault.READS_UNCOMMITTED;
import static io.rondo.conformance.reference.Fault.RESENDS_WHATEVER_IS_REJECTED;
import static io.rondo.conformance.reference.Fault.RESETS_ITS_OWN_FACTOR;
import static io.rondo.conformance.reference.Fault.SAME_ATTEMPT_AFTER_A_RESTART;
import static io.rondo.conformance.reference.Fault.SAME_INCARNATION_AFTER_A_RESTART;
import static io.rondo.conformance.reference.Fault.SENDS_A_LOCAL_FACTOR_IN_A_HEADER;
import static io.rondo.conformance.reference.Fault.STOPS_AT_A_PAUSE;
import static io.rondo.conformance.reference.Fault.SUCCEEDS_AT_AN_ABORT;
import static io.rondo.conformance.reference.Fault.SUCCEEDS_WITHOUT_A_REGISTRY;
import static io.rondo.conformance.reference.Fault.TAKES_CHUNKS_OF_ANY_REVISION;
import static io.rondo.conformance.reference.Fault.TELLS_AN_EXAMPLE;
import static io.rondo.conformance.reference.Fault.TRAINS_AGAIN_AFTER_A_RESTART;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.log.EvaluationReported;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobPaused;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.TensorVersion;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RoundLayouts;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.tensor.TensorBytes;
import io.rondo.schemas.topic.JobTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A trainer that does what the contract says, but for its faults. One thread runs it; any may kill or stop it. */
final class ReferenceTrainer {
    private static final Duration POLL = Duration.ofMillis(30);
    private static final int SUCCESS = 0;
    private static final int FAILURE = 1;
    private static final int KILLED = 137;

    /** What ends a thread as SIGKILL ends a process. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Map<String, String> environment;
    private final Set<Fault> faults;
    private final String trainer;
    private final Path stateDirectory;
    private final LogConnection connection;
    private volatile boolean killed;
    private volatile boolean stopped;
    private volatile String failure = "";

    private RecordCodec codec;
    private JobSubmitted job;
    private JobSpec spec;
    private JobTopics topics;
    private RoundLayouts flats;
    private SharingPolicy policy;
    private Local local;
    private State state;
    private Uploads uploads;
    private Signer signer;
    private String incarnation = UUID.randomUUID().toString();

    private RoundOpened open;
    private final Map<Integer, RoundPublished> publications = new HashMap<>();
    private final Map<String, Tensor> global = new HashMap<>();
    private final Map<String, Integer> versions = new HashMap<>();
    private int latest = -1;
    private int synced = -1;
    private int sentRound = -1;
    private String sentAttempt = "";
    private boolean admitted;
    private boolean late;
    private boolean damaged;
    private boolean again;
    private Integer end;

    ReferenceTrainer(Map<String, String> environment, Set<Fault> faults) {
        this.environment = environment;
        this.faults = faults;
        this.trainer = environment.get("RONDO_TRAINER");
        this.stateDirectory = Path.of(environment.get("RONDO_STATE_DIR"));
        this.connection = new LogConnection(
                environment.get("RONDO_BOOTSTRAP_SERVERS"), environment.get("RONDO_SCHEMA_REGISTRY"), Map.of());
    }

    void kill() {
        killed = true;
    }

    void stop() {
        stopped = true;
    }

    String failure() {
        return failure;
    }

    /** Serves until the end. @return the exit code */
    int run() {
        try (RecordCodec opened = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            codec = opened;
            return serve();
        } catch (Killed e) {
            return KILLED;
        } catch (RuntimeException | IOException e) {
            failure = e.toString();
            boolean isPleased = has(SUCCEEDS_WITHOUT_A_REGISTRY)
                    && e instanceof RondoException known
                    && known.code() == ErrorCode.REGISTRY_UNREACHABLE;
            return killed ? KILLED : isPleased ? SUCCESS : FAILURE;
        } finally {
            if (uploads != null) {
                uploads.close();
            }
        }
    }

    private boolean has(Fault fault) {
        return faults.contains(fault);
    }

    private void alive() {
        if (killed) {
            throw new Killed();
        }
    }

    private int serve() throws IOException {
        job = findJob();
        spec = job.getSpec();
        topics = new JobTopics(spec.getName(), spec.getPartitions(), spec.getReplication());
        AdapterLayout layout = AdapterLayout.fromAvro(job.getLayout());
        if (!has(JOINS_WITH_ANY_LAYOUT) && !derived().digest().equals(job.getLayoutDigest())) {
            throw new IllegalStateException("the job has another layout");
        }
        if (!has(JOINS_WITH_ANY_MODEL) && !spec.getModelDigest().isEmpty()) {
            throw new IllegalStateException("the job has another model");
        }
        flats = RoundLayouts.of(layout, spec);
        policy = SharingPolicy.of(spec);
        local = new Local(layout, spec);
        state = State.load(stateDirectory);
        state.values.values().forEach(local::load);
        if (has(SAME_INCARNATION_AFTER_A_RESTART) && !state.isNew) {
            incarnation = state.incarnation;
        }
        if (has(TRAINS_AGAIN_AFTER_A_RESTART)) {
            state.trainedRound = 0;
        }
        signer = new Signer(spec, environment, faults);
        uploads = new Uploads(connection, codec, topics, faults, signer, this::alive);
        try (KafkaConsumer<byte[], byte[]> rounds = reader(topics.rounds().name(), 1)) {
            TopicPartition partition = new TopicPartition(topics.rounds().name(), 0);
            while (rounds.position(partition)
                    < rounds.endOffsets(List.of(partition)).get(partition)) {
                read(rounds);
            }
            join();
            return follow(rounds);
        }
    }

    private int follow(KafkaConsumer<byte[], byte[]> rounds) {
        while (!stopped) {
            alive();
            if (read(rounds)) {
                continue;
            }
            if (end != null && end != SUCCESS) {
                leave();
                return end;
            }
            if (latest > synced) {
                synchronise();
            } else if (end != null) {
                leave();
                return has(FAILS_AT_THE_END) ? FAILURE : end;
            } else if (open != null && (open.getCohort().contains(trainer) || has(IGNORES_THE_COHORT))) {
                answer();
            }
        }
        leave();
        return SUCCESS;
    }

    private AdapterLayout derived() throws IOException {
        JsonNode config = JsonMapper.builder()
                .build()
                .readTree(Files.readAllBytes(Path.of(environment.get("RONDO_MODEL"), "config.json")));
        int hidden = config.path("hidden_size").intValue();
        List<TensorShape> tensors = new ArrayList<>();
        for (int layer = 0; layer < config.path("num_hidden_layers").intValue(); layer++) {
            for (String module : spec.getTargetModules()) {
                String name = "base_model.model.bert.encoder.layer." + layer + ".attention.self." + module + '.';
                tensors.add(new TensorShape(name + "lora_A.weight", TensorRole.LORA_A, spec.getRank(), hidden));
                tensors.add(new TensorShape(name + "lora_B.weight", TensorRole.LORA_B, hidden, spec.getRank()));
            }
        }
        int labels = spec.getLabels().size();
        tensors.add(new TensorShape("base_model.model.classifier.weight", TensorRole.HEAD, labels, hidden));
        tensors.add(new TensorShape("base_model.model.classifier.bias", TensorRole.HEAD, labels));
        return new AdapterLayout(tensors);
    }

    private KafkaConsumer<byte[], byte[]> reader(String topic, int partitions) {
        Map<String, Object> config = new HashMap<>(connection.scannerConfig());
        if (has(READS_UNCOMMITTED)) {
            config.put("isolation.level", "read_uncommitted");
        }
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config);
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        return consumer;
    }

    private JobSubmitted findJob() {
        String commands =
                new JobTopics(environment.get("RONDO_JOB"), 1, -1).commands().name();
        try (KafkaConsumer<byte[], byte[]> reader = reader(commands, 1)) {
            while (true) {
                alive();
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    if (codec.decode(commands, record.value()) instanceof Decoded.Readable readable
                            && readable.record() instanceof JobSubmitted submitted) {
                        return submitted;
                    }
                }
            }
        }
    }

    private boolean read(KafkaConsumer<byte[], byte[]> rounds) {
        boolean news = false;
        for (ConsumerRecord<byte[], byte[]> record : rounds.poll(POLL)) {
            news = true;
            Decoded decoded = codec.decode(topics.rounds().name(), record.value());
            if (decoded instanceof Decoded.Readable readable) {
                apply(readable.record());
            } else if (has(ENDS_AT_AN_UNKNOWN_RECORD)) {
                throw new IllegalStateException("an unknown record");
            }
        }
        return news;
    }

    private void apply(SpecificRecord record) {
        if (record instanceof RoundOpened opened) {
            signer.read(opened);
            boolean same = open != null && open.getRound() == opened.getRound();
            if (!same || !has(IGNORES_A_SECOND_COHORT)) {
                open = opened;
            }
            if (!same) {
                late = false;
                damaged = false;
            }
        } else if (record instanceof RoundPublished published) {
            publications.put(published.getRound(), published);
            latest = published.getRound();
            endRound(latest);
        } else if (record instanceof RoundFailed failed) {
            endRound(failed.getRound());
        } else if (record instanceof RoundExtended || record instanceof RoundReopened) {
            again |= late && !has(NEVER_RESENDS);
            late = false;
        } else if (record instanceof UpdateRejected rejected && isOwn(rejected)) {
            rejected(rejected);
        } else if (record instanceof TrainerRemoved removed
                && removed.getIncarnation().equals(incarnation)
                && uploads != null
                && !has(NEVER_REJOINS)) {
            join();
        } else if (record instanceof TrainerAdmitted answer
                && answer.getTrainer().equals(trainer)) {
            admitted(answer);
        } else if (record instanceof InputRefused refused
                && incarnation.equals(refused.getIncarnation())
                && !has(GOES_ON_WHEN_REFUSED)) {
            throw new IllegalStateException("the join was refused");
        } else if (record instanceof JobPaused && has(STOPS_AT_A_PAUSE)) {
            stopped = true;
        } else if (record instanceof JobFinished) {
            end = SUCCESS;
        } else if (record instanceof JobAborted) {
            end = has(SUCCEEDS_AT_AN_ABORT) ? SUCCESS : FAILURE;
        }
    }

    private void endRound(int round) {
        if (open != null && open.getRound() <= round) {
            open = null;
            again = false;
        }
    }

    private boolean isOwn(UpdateRejected rejected) {
        return rejected.getTrainer().equals(trainer)
                && rejected.getIncarnation().equals(incarnation)
                && (has(BELIEVES_ANY_REJECTION) || rejected.getAttempt().equals(sentAttempt));
    }

    private void admitted(TrainerAdmitted answer) {
        if (answer.getIncarnation().equals(incarnation)) {
            admitted = true;
        } else if (admitted && !has(GOES_ON_WHEN_SUPERSEDED)) {
            throw new IllegalStateException("another process has taken this one's place");
        }
    }

    private void rejected(UpdateRejected rejected) {
        if (has(RESENDS_WHATEVER_IS_REJECTED)) {
            again = true;
            return;
        }
        switch (rejected.getReason()) {
            case "fenced" -> {
                if (has(LEAVES_WHEN_FENCED)) {
                    leave();
                }
                if (!has(GOES_ON_WHEN_FENCED)) {
                    throw new IllegalStateException("fenced");
                }
            }
            case "late" -> late = true;
            case "bad-digest", "missing-chunk" -> {
                again |= !damaged && !has(NEVER_RESENDS);
                damaged = true;
            }
            default -> {}
        }
    }

    private void join() {
        uploads.announce(TrainerJoined.newBuilder()
                .setJobUuid(job.getJobUuid())
                .setTrainer(trainer)
                .setIncarnation(incarnation)
                .setLayoutDigest(job.getLayoutDigest())
                .setLastSyncRound(synced)
                .setSoftware(has(TELLS_AN_EXAMPLE) ? example() : "reference")
                .build());
    }

    private String example() {
        try {
            return Files.readAllLines(Path.of(environment.get("RONDO_TRAIN"))).get(1);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void leave() {
        if (!has(NEVER_LEAVES)) {
            uploads.announce(new TrainerLeft(job.getJobUuid(), trainer, incarnation, "over", null));
        }
    }

    private void synchronise() {
        RoundPublished published = publications.get(latest);
        boolean fresh = state.isNew && synced < 0;
        if (!has(LOADS_ONLY_THE_FIRST_ADAPTER) || (synced < 0 && state.isNew)) {
            advance(published, fresh);
        }
        synced = latest;
        if (!has(NEVER_EVALUATES)) {
            uploads.announce(new EvaluationReported(
                    job.getJobUuid(), synced, trainer, incarnation, new HashMap<>(Map.of("test/loss", 1.0)), null));
        }
    }

    private void advance(RoundPublished published, boolean fresh) {
        Map<Integer, Map<String, Tensor>> read = new HashMap<>();
        for (TensorVersion version : published.getTensors()) {
            String name = version.getName();
            boolean news = !Integer.valueOf(version.getRound()).equals(versions.get(name));
            boolean wanted = fresh || policy.everShared(role(name)) || has(RESETS_ITS_OWN_FACTOR);
            if (wanted && news) {
                Tensor tensor = read.computeIfAbsent(version.getRound(), round -> adapter(publications.get(round)))
                        .get(name);
                global.put(name, tensor);
                versions.put(name, version.getRound());
            }
            if (wanted) {
                local.load(global.get(name));
            }
        }
    }

    private TensorRole role(String name) {
        return job.getLayout().stream()
                .filter(tensor -> tensor.getName().equals(name))
                .map(tensor -> TensorRole.of(tensor.getRole()))
                .findFirst()
                .orElseThrow();
    }

    private Map<String, Tensor> adapter(RoundPublished published) {
        FlatLayout flat = flats.of(published.getRound());
        float[] values = new float[flat.elements()];
        Set<Integer> missing = new java.util.HashSet<>(
                IntStream.range(0, flat.chunks()).boxed().toList());
        String topic = topics.globalAdapter().name();
        try (KafkaConsumer<byte[], byte[]> reader = reader(topic, spec.getPartitions())) {
            while (!missing.isEmpty()) {
                alive();
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    AdapterChunk chunk = codec.require(topic, record.value(), AdapterChunk.class);
                    boolean own = chunk.getRound() == published.getRound()
                            && (chunk.getRevision() == published.getRevision() || has(TAKES_CHUNKS_OF_ANY_REVISION));
                    if (own && missing.remove(chunk.getOrdinal())) {
                        take(published, flat, chunk, values);
                    }
                }
            }
        }
        return flat.split(values);
    }

    private void take(RoundPublished published, FlatLayout flat, AdapterChunk chunk, float[] values) {
        if (!has(BELIEVES_ANY_ADAPTER)
                && !Digests.of(chunk.getValues())
                        .equals(published.getChunkDigests().get(chunk.getOrdinal()))) {
            throw new IllegalStateException("a chunk with another digest");
        }
        FlatLayout.Chunk place = flat.chunk(chunk.getOrdinal());
        TensorBytes.decode(DType.F32, chunk.getValues(), values, place.position(), place.count());
    }

    private void answer() {
        int round = open.getRound();
        if (state.trainedRound == round && (again || sentRound < round)) {
            boolean restarted = sentAttempt.isEmpty() && !state.attempt.isEmpty();
            send(
                    restarted && has(SAME_ATTEMPT_AFTER_A_RESTART)
                            ? state.attempt
                            : UUID.randomUUID().toString());
        } else if (state.trainedRound < round && synced == open.getBaseRound()) {
            train(round);
            send(state.attempt);
        }
    }

    private void train(int round) {
        if (!has(KEEPS_A_FAILED_ROUND)) {
            global.forEach((name, tensor) -> {
                if (policy.everShared(role(name)) || has(RESETS_ITS_OWN_FACTOR)) {
                    local.load(tensor);
                }
            });
        }
        if (!has(DOES_NOT_TRAIN)) {
            local.train(
                    round, has(NOT_DETERMINISTIC) ? ThreadLocalRandom.current().nextLong() : 0);
        }
        state.trainedRound = round;
        state.baseRound = open.getBaseRound();
        state.attempt = UUID.randomUUID().toString();
        state.incarnation = incarnation;
        state.update = flats.of(round).flatten(local.values());
        state.save(stateDirectory, local.values().values());
    }

    private void send(String attempt) {
        again = false;
        state.attempt = attempt;
        state.save(stateDirectory, local.values().values());
        sentRound = state.trainedRound;
        sentAttempt = attempt;
        if (has(SENDS_A_LOCAL_FACTOR_IN_A_HEADER)) {
            uploads.leak(local.values().values().iterator().next().values());
        }
        uploads.upload(new Uploads.Header(job, trainer, incarnation, attempt, state), flats.of(sentRound));
    }
}
