package io.rondo.aggregator.log;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads one partition of many rounds in order. The next rounds are fetched while one is folded, since assign and seek for
 * each round would wait for the broker each time. A round that is read out of order is fetched separately. Not thread-safe.
 */
public final class RoundStream implements ChunkSource {
    private static final Duration POLL = Duration.ofMillis(50);
    /**
     * Rounds read before they are unassigned: each change of the assignment makes the consumer request the metadata of all
     * the others.
     */
    private static final int FORGET = 256;
    /** Bytes of rounds that are fetched at the same time; a larger round is fetched alone. */
    private static final long MOST_BYTES = 8L << 20;

    private final LogConnection connection;
    private final JobTopics topics;
    private final RecordCodec codec;
    private final int partition;
    private final List<Integer> rounds;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Integer, Fetched> window = new TreeMap<>();
    private int nextRound;
    private int forgotten;
    private int filled;
    private Map<TopicPartition, Long> ends = Map.of();
    private long recordsSeen;
    private long bytesSeen;
    private KafkaChunkSource elsewhere;

    /** The records of a round that were fetched but not read yet. */
    private static final class Fetched {
        private final TopicPartition source;
        private final ArrayDeque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
        private long read;
        private final long end;

        Fetched(TopicPartition source, long end) {
            this.source = source;
            this.end = end;
        }
    }

    /** @param rounds those that will be read, in ascending order */
    public RoundStream(
            LogConnection connection, JobTopics topics, RecordCodec codec, int partition, List<Integer> rounds) {
        this.connection = connection;
        this.topics = topics;
        this.codec = codec;
        this.partition = partition;
        this.rounds = List.copyOf(rounds);
        this.consumer = connection.consumer(KafkaChunkSource.consumerConfig(connection));
    }

    @Override
    public long read(int round, int number, long first, long last, Sink chunks) {
        moveTo(round);
        Fetched fetched = window.get(round);
        if (number != partition || fetched == null || first < fetched.read) {
            return elsewhere().read(round, number, first, last, chunks);
        }
        while (fetched.read <= last) {
            ConsumerRecord<byte[], byte[]> record = fetched.records.poll();
            if (record == null) {
                if (position(fetched) >= fetched.end) {
                    fetched.read = Math.max(fetched.read, fetched.end);
                    break;
                }
                fetch();
            } else {
                fetched.read = record.offset() + 1;
                if (record.offset() >= first) {
                    ChunkRecords.give(record, codec, chunks);
                }
            }
        }
        return Math.max(first, fetched.read);
    }

    /** Few logs need this: nothing is read twice if an update's chunks fit into the stash. */
    private KafkaChunkSource elsewhere() {
        if (elsewhere == null) {
            elsewhere = new KafkaChunkSource(connection, topics, codec);
        }
        return elsewhere;
    }

    private long position(Fetched fetched) {
        return consumer.position(fetched.source);
    }

    private void fetch() {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (TopicPartition source : records.partitions()) {
                Fetched fetched = window.get(topics.roundOf(source.topic()).orElseThrow());
                // a live job may still append to a round that has been read
                if (fetched != null) {
                    take(fetched, records.records(source));
                }
            }
        } catch (OffsetOutOfRangeException e) {
            // the start of the topic was deleted; reading starts at the first remaining record
            consumer.seekToBeginning(e.offsetOutOfRangePartitions().keySet());
        }
    }

    private void take(Fetched fetched, List<ConsumerRecord<byte[], byte[]>> records) {
        fetched.records.addAll(records);
        recordsSeen += records.size();
        records.forEach(record -> bytesSeen += record.serializedValueSize());
    }

    /** Drops the rounds before this one; once half of the window is read, the next rounds are added. */
    private void moveTo(int round) {
        if (ends.isEmpty()) {
            begin();
        }
        window.keySet().removeIf(known -> known < round);
        if (window.size() <= filled / 2 || !window.containsKey(round)) {
            fill(round);
        }
    }

    /** Assigns all rounds at once, each paused until its turn: a later assignment would request all metadata again. */
    private void begin() {
        List<TopicPartition> all = rounds.stream().map(this::source).toList();
        consumer.assign(all);
        all.forEach(source -> consumer.seek(source, 0));
        consumer.pause(all);
        ends = consumer.endOffsets(all);
    }

    /**
     * Resumes as many rounds as fit. Rounds that were read are not paused again: a consumer that buffers records of a paused
     * partition sends no fetch to that broker, so the awaited records would never arrive.
     */
    private void fill(int round) {
        while (nextRound < rounds.size() && rounds.get(nextRound) < round) {
            nextRound++;
        }
        if (nextRound - forgotten > FORGET) {
            forgotten = nextRound;
            List<TopicPartition> left = new ArrayList<>();
            window.values().forEach(fetched -> left.add(fetched.source));
            rounds.subList(nextRound, rounds.size()).forEach(next -> left.add(source(next)));
            consumer.assign(left);
        }
        long bytes = window.values().stream().mapToLong(this::bytes).sum();
        List<TopicPartition> next = new ArrayList<>();
        while (nextRound < rounds.size()) {
            TopicPartition source = source(rounds.get(nextRound));
            Fetched fetched = new Fetched(source, ends.get(source));
            bytes += bytes(fetched);
            // the size of a record is known only after the first round
            if (!window.isEmpty() && (recordsSeen == 0 || bytes > MOST_BYTES)) {
                break;
            }
            window.put(rounds.get(nextRound++), fetched);
            next.add(source);
        }
        filled = window.size();
        consumer.resume(next);
    }

    private TopicPartition source(int round) {
        return new TopicPartition(topics.round(round).name(), partition);
    }

    private long bytes(Fetched fetched) {
        return fetched.end * (bytesSeen / Math.max(1, recordsSeen));
    }

    @Override
    public void close() {
        consumer.close();
        if (elsewhere != null) {
            elsewhere.close();
        }
    }
}
