package io.rondo.aggregator.log;

import io.rondo.aggregator.fold.AdapterSource;
import io.rondo.log.AdapterChunk;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.MarkerPatience;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads published chunks from the brokers, with a new reader for each call: a fold that is not restarted needs none. */
public final class KafkaAdapterSource implements AdapterSource {
    private static final Duration POLL = Duration.ofMillis(100);

    private final LogConnection connection;
    private final JobTopics topics;
    private final RecordCodec codec;

    public KafkaAdapterSource(LogConnection connection, JobTopics topics, RecordCodec codec) {
        this.connection = connection;
        this.topics = topics;
        this.codec = codec;
    }

    @Override
    public void read(int partition, long from, Sink chunks) {
        Topic topic = topics.globalAdapter();
        TopicPartition source = new TopicPartition(topic.name(), partition);
        try (LogReader reader = LogReader.open(connection, Map.of(source, from))) {
            long last = System.nanoTime();
            while (System.nanoTime() - last < MarkerPatience.OF_A_FOLD.toNanos()) {
                List<ConsumerRecord<byte[], byte[]>> records = reader.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    if (!chunks.accept(codec.require(topic.name(), record.value(), AdapterChunk.class))) {
                        return;
                    }
                    last = System.nanoTime();
                }
            }
        }
    }
}
