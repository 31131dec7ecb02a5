package io.rondo.aggregator;

import io.rondo.schemas.topic.JobTopics;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The Streams configuration of an aggregator, each value with its reason. */
final class StreamsSettings {
    private StreamsSettings() {}

    static Properties of(AggregatorSettings settings, JobTopics topics) {
        Properties properties = new Properties();
        properties.putAll(settings.log().adminConfig());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.applicationId());
        properties.put(StreamsConfig.CLIENT_ID_CONFIG, topics.applicationId() + '.' + settings.instanceId());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);

        // a round is three transactions one after the other: processors ask for a commit whenever they have written, so
        // nobody waits for the interval, and an aggregator that has nothing to do does not commit a hundred times a
        // second
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000L);
        properties.put(StreamsConfig.POLL_MS_CONFIG, 5L);
        // a commit sends at once what lingers, in one request for all partitions
        properties.put(producer(ProducerConfig.LINGER_MS_CONFIG), 5);
        // the first request after a commit meets brokers that are still writing its markers, and is sent again
        properties.put(producer(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 5L);
        properties.put(producer(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG), 1_000L);
        properties.put(producer(ProducerConfig.BATCH_SIZE_CONFIG), 1 << 20);
        properties.put(producer(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);
        properties.put(producer(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 2 << 20);
        // an open transaction of a process that died without its identity holds up every reader for this long
        properties.put(producer(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 10_000);

        // static membership: a restarted instance gets its tasks back without a rebalance; only the classic protocol
        // has it
        properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        properties.put(mainConsumer(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), settings.instanceId());
        // how long another instance waits before it takes over the tasks of one that died and does not come back
        properties.put(mainConsumer(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        properties.put(mainConsumer(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 500);
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 500);
        return properties;
    }

    private static String producer(String key) {
        return StreamsConfig.producerPrefix(key);
    }

    private static String mainConsumer(String key) {
        return StreamsConfig.mainConsumerPrefix(key);
    }
}
