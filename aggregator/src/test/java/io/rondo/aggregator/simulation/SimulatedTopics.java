package io.rondo.aggregator.simulation;

import io.rondo.aggregator.fold.AdapterSource;
import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.AdapterChunk;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/** All topics of the simulated job. */
final class SimulatedTopics implements ChunkSource {
    /** How many records behind the last one wanted are read too, as a fetch does it. */
    private static final long COMES_ALONG = 3;

    final Map<InputTopic, SimulatedLog<SpecificRecord>> inputs = new EnumMap<>(InputTopic.class);
    final List<SimulatedLog<SpecificRecord>> decisions;
    final SimulatedLog<SpecificRecord> rounds = new SimulatedLog<>();
    final List<SimulatedLog<AdapterChunk>> globalAdapter;
    private final int partitions;
    private final Map<Integer, List<SimulatedLog<TensorChunk>>> roundTopics = new TreeMap<>();

    SimulatedTopics(int partitions) {
        this.partitions = partitions;
        for (InputTopic topic : InputTopic.values()) {
            inputs.put(topic, new SimulatedLog<>());
        }
        decisions = logs();
        globalAdapter = logs();
    }

    private <T extends SpecificRecord> List<SimulatedLog<T>> logs() {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new SimulatedLog<T>())
                .toList();
    }

    SimulatedLog<TensorChunk> round(int round, int partition) {
        return roundTopics.computeIfAbsent(round, number -> logs()).get(partition);
    }

    long append(InputTopic topic, SpecificRecord value, long timestamp) {
        return inputs.get(topic).append(value, Bodies.digest(value), timestamp);
    }

    /** Appends bytes that nobody can read. */
    void appendNoise(InputTopic topic, long timestamp) {
        inputs.get(topic).append(null, Digests.of(new byte[] {42}), timestamp);
    }

    /** Whether a record goes to the rounds topic. */
    static boolean isForTrainers(SpecificRecord decision, int rules) {
        return decision instanceof RoundPublished || DecisionKind.isTold(decision, rules);
    }

    @Override
    public long read(int round, int partition, long first, long last, Sink chunks) {
        long next = first;
        for (SimulatedLog.Entry<TensorChunk> entry : round(round, partition).entries()) {
            if (entry.offset() >= first && entry.offset() <= last + COMES_ALONG) {
                chunks.accept(entry.offset(), entry.value());
                next = entry.offset() + 1;
            }
        }
        return next;
    }

    @Override
    public long readAhead(int round, int partition, long first, Sink chunks) {
        return read(round, partition, first, first + COMES_ALONG, chunks);
    }

    void readAdapter(int partition, long from, AdapterSource.Sink chunks) {
        for (SimulatedLog.Entry<AdapterChunk> entry :
                globalAdapter.get(partition).entries()) {
            if (entry.offset() >= from && !chunks.accept(entry.value())) {
                return;
            }
        }
    }

    /** SHA-256 over every record of every topic, with its place and time. */
    Sha256 digest() {
        MessageDigest sha256 = Digests.newSha256();
        Stream.of(inputs.values(), decisions, List.of(rounds), globalAdapter)
                .flatMap(logs -> logs.stream())
                .forEach(log -> update(sha256, log));
        roundTopics.values().stream().flatMap(List::stream).forEach(log -> update(sha256, log));
        return new Sha256(sha256.digest());
    }

    private static void update(MessageDigest sha256, SimulatedLog<?> log) {
        sha256.update("log".getBytes(StandardCharsets.US_ASCII));
        for (SimulatedLog.Entry<? extends SpecificRecord> entry : log.entries()) {
            sha256.update(ByteBuffer.allocate(16)
                    .putLong(entry.offset())
                    .putLong(entry.timestamp())
                    .flip());
            if (entry.value() != null) {
                sha256.update(Bodies.encode(entry.value()));
            }
        }
    }
}
