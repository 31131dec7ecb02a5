package io.rondo.trainer.runtime;

import io.rondo.log.RoundPublished;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** {@code rounds} on a Kafka cluster. The trainer's own reader reads the end, where it then continues; a second one searches. */
final class KafkaRounds implements RecentRounds.Source, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final LogConnection connection;
    private final LogReader reader;
    private final TopicPartition partition;
    private final Function<ConsumerRecord<byte[], byte[]>, Optional<SpecificRecord>> decode;
    private LogReader searcher;

    /** @param reader stays open, at the end of what was read */
    KafkaRounds(
            LogConnection connection,
            LogReader reader,
            Topic rounds,
            Function<ConsumerRecord<byte[], byte[]>, Optional<SpecificRecord>> decode) {
        this.connection = connection;
        this.reader = reader;
        this.partition = new TopicPartition(rounds.name(), 0);
        this.decode = decode;
    }

    @Override
    public long end() {
        return reader.end(partition);
    }

    @Override
    public void readToEnd(long from, Consumer<SpecificRecord> next) {
        reader.moveTo(Map.of(partition, from));
        reader.readToEnd(record -> decode.apply(record).ifPresent(next));
    }

    @Override
    public Optional<RecentRounds.Located> publication(long from, long before) {
        if (searcher == null) {
            searcher = LogReader.scanner(connection);
        }
        searcher.moveTo(Map.of(partition, from));
        while (searcher.position(partition) < before) {
            for (ConsumerRecord<byte[], byte[]> record : searcher.poll(POLL)) {
                if (record.offset() >= before) {
                    return Optional.empty();
                }
                Optional<SpecificRecord> decoded = decode.apply(record);
                if (decoded.isPresent() && decoded.get() instanceof RoundPublished published) {
                    return Optional.of(new RecentRounds.Located(record.offset(), published));
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        if (searcher != null) {
            searcher.close();
        }
    }
}
