package io.rondo.aggregator;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The Streams configuration of an aggregator, each value with its reason. The operator's properties win over the defaults
 * here; the few on which the guarantees rest are refused.
 */
final class StreamsSettings {
    /** Who reads and writes what, and exactly once: no operator may set these. */
    private static final Set<String> FIXED = Set.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            StreamsConfig.CLIENT_ID_CONFIG,
            StreamsConfig.STATE_DIR_CONFIG,
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.NUM_STREAM_THREADS_CONFIG,
            StreamsConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_ID_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.ACKS_CONFIG);

    private static final List<String> PREFIXES = List.of(
            StreamsConfig.MAIN_CONSUMER_PREFIX,
            StreamsConfig.RESTORE_CONSUMER_PREFIX,
            StreamsConfig.GLOBAL_CONSUMER_PREFIX,
            StreamsConfig.CONSUMER_PREFIX,
            StreamsConfig.PRODUCER_PREFIX,
            StreamsConfig.ADMIN_CLIENT_PREFIX);

    private final Properties properties = new Properties();
    private final Map<String, Object> given;

    private StreamsSettings(Map<String, Object> given) {
        this.given = given;
    }

    /** @throws RondoException with {@code BAD_CONFIG} for a property that must not be set */
    static Properties of(AggregatorSettings settings, JobTopics topics) {
        StreamsSettings streams = new StreamsSettings(settings.log().adminConfig());
        streams.refuseFixed();
        streams.properties.putAll(streams.given);
        streams.defaults();
        streams.fixed(settings, topics);
        return streams.properties;
    }

    private void refuseFixed() {
        for (String key : given.keySet()) {
            if (FIXED.contains(bare(key))) {
                throw new RondoException(
                        ErrorCode.BAD_CONFIG,
                        key + " cannot be set for an aggregator: exactly-once rounds and restarts rest on it",
                        "remove the line from --kafka-config");
            }
        }
    }

    private void defaults() {
        // a round is three transactions one after the other: processors ask for a commit whenever they have written, so
        // nobody waits for the interval, and an aggregator that has nothing to do does not commit a hundred times a
        // second
        byDefault("", StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000L);
        byDefault("", StreamsConfig.POLL_MS_CONFIG, 5L);
        byDefault("", StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 500);
        // a commit sends at once what lingers, in one request for all partitions
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.LINGER_MS_CONFIG, 5);
        // the first request after a commit meets brokers that are still writing its markers, and is sent again
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5L);
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 1_000L);
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.BATCH_SIZE_CONFIG, 1 << 20);
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.BUFFER_MEMORY_CONFIG, 64L << 20);
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 << 20);
        // an open transaction of a process that died without its identity holds up every reader for this long
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        // how long another instance waits before it takes over the tasks of one that died and does not come back
        byDefault(StreamsConfig.MAIN_CONSUMER_PREFIX, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        byDefault(StreamsConfig.MAIN_CONSUMER_PREFIX, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
    }

    private void fixed(AggregatorSettings settings, JobTopics topics) {
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.applicationId());
        properties.put(StreamsConfig.CLIENT_ID_CONFIG, topics.applicationId() + '.' + settings.instanceId());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        // static membership: a restarted instance gets its tasks back without a rebalance; only the classic protocol
        // has it
        properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        properties.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), settings.instanceId());
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    }

    /** Sets a property unless the operator did, for this client or for all. */
    private void byDefault(String prefix, String key, Object value) {
        boolean isGiven = given.containsKey(key)
                || given.containsKey(prefix + key)
                || (prefix.equals(StreamsConfig.MAIN_CONSUMER_PREFIX)
                        && given.containsKey(StreamsConfig.consumerPrefix(key)));
        if (!isGiven) {
            properties.put(prefix + key, value);
        }
    }

    private static String bare(String key) {
        return PREFIXES.stream()
                .filter(key::startsWith)
                .findFirst()
                .map(prefix -> key.substring(prefix.length()))
                .orElse(key);
    }
}
