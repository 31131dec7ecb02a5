package io.rondo.aggregator.fold;

import io.rondo.log.TensorChunk;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads one partition of many rounds in their order. The rounds to come are fetched while one is folded: to assign and seek for
 * each round would wait for the broker each time. What is read out of order is read by itself. Not thread-safe.
 */
public final class RoundStream implements ChunkSource {
    private static final Duration POLL = Duration.ofMillis(50);
    /** Rounds that are fetched at the same time. */
    private static final int WINDOW = 64;
    /** Bytes fetched ahead; beyond them only the current round is fetched. */
    private static final long MOST_AHEAD = 32L << 20;

    private final JobTopics topics;
    private final RecordCodec codec;
    private final int partition;
    private final List<Integer> rounds;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaChunkSource elsewhere;
    private final Map<Integer, Fetched> window = new TreeMap<>();
    private int nextRound;
    private long ahead;

    /** What has been fetched of a round and not been read. */
    private static final class Fetched {
        private final TopicPartition source;
        private final ArrayDeque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
        private long read;
        private long end;

        Fetched(TopicPartition source) {
            this.source = source;
        }
    }

    /** @param rounds those that will be read, in ascending order */
    public RoundStream(
            LogConnection connection, JobTopics topics, RecordCodec codec, int partition, List<Integer> rounds) {
        this.topics = topics;
        this.codec = codec;
        this.partition = partition;
        this.rounds = List.copyOf(rounds);
        this.consumer = new KafkaConsumer<>(KafkaChunkSource.consumerConfig(connection));
        this.elsewhere = new KafkaChunkSource(connection, topics, codec);
    }

    @Override
    public long read(int round, int number, long first, long last, Sink chunks) {
        moveTo(round);
        Fetched fetched = window.get(round);
        if (number != partition || fetched == null || first < fetched.read) {
            return elsewhere.read(round, number, first, last, chunks);
        }
        while (fetched.read <= last) {
            ConsumerRecord<byte[], byte[]> record = fetched.records.poll();
            if (record == null) {
                if (position(fetched) >= fetched.end) {
                    fetched.read = Math.max(fetched.read, fetched.end);
                    break;
                }
                fetch(fetched);
            } else {
                ahead -= record.serializedValueSize();
                fetched.read = record.offset() + 1;
                if (record.offset() >= first) {
                    give(record, chunks);
                }
            }
        }
        return Math.max(first, fetched.read);
    }

    private long position(Fetched fetched) {
        return consumer.position(fetched.source);
    }

    private void fetch(Fetched current) {
        boolean isFull = ahead > MOST_AHEAD;
        Collection<TopicPartition> others = window.values().stream()
                .map(fetched -> fetched.source)
                .filter(source -> !source.equals(current.source))
                .toList();
        if (isFull) {
            consumer.pause(others);
        } else if (!consumer.paused().isEmpty()) {
            consumer.resume(others);
        }
        try {
            consumer.poll(POLL).forEach(record -> {
                ahead += record.serializedValueSize();
                round(record.topic()).records.add(record);
            });
        } catch (OffsetOutOfRangeException e) {
            // the start of the topic was deleted; what is left is read from where it begins
            consumer.seekToBeginning(e.offsetOutOfRangePartitions().keySet());
        }
    }

    private Fetched round(String topic) {
        return window.get(Integer.parseInt(topic.substring(topic.lastIndexOf('.') + 1)));
    }

    /** Forgets the rounds before this one; where half of the window is done, the next ones move in. */
    private void moveTo(int round) {
        if (window.keySet().stream().anyMatch(known -> known < round)) {
            window.entrySet().removeIf(entry -> {
                boolean isDone = entry.getKey() < round;
                if (isDone) {
                    entry.getValue().records.forEach(record -> ahead -= record.serializedValueSize());
                }
                return isDone;
            });
        }
        if ((window.size() <= WINDOW / 2 && nextRound < rounds.size()) || !window.containsKey(round)) {
            fill(round);
        }
    }

    private void fill(int round) {
        Map<TopicPartition, Fetched> fresh = new HashMap<>();
        while (nextRound < rounds.size() && window.size() < WINDOW) {
            int next = rounds.get(nextRound++);
            if (next >= round) {
                Fetched fetched =
                        new Fetched(new TopicPartition(topics.round(next).name(), partition));
                window.put(next, fetched);
                fresh.put(fetched.source, fetched);
            }
        }
        consumer.assign(window.values().stream().map(fetched -> fetched.source).toList());
        fresh.keySet().forEach(source -> consumer.seek(source, 0));
        consumer.endOffsets(fresh.keySet()).forEach((source, end) -> fresh.get(source).end = end);
    }

    private void give(ConsumerRecord<byte[], byte[]> record, Sink chunks) {
        if (record.value() != null
                && codec.decode(record.topic(), record.value()) instanceof Decoded.Readable readable
                && readable.record() instanceof TensorChunk chunk) {
            chunks.accept(record.offset(), chunk);
        }
    }

    @Override
    public void close() {
        try (elsewhere) {
            consumer.close();
        }
    }
}
