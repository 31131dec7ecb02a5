package io.rondo.aggregator;

import io.rondo.schemas.client.ClientProperties;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The Streams configuration of an aggregator, each value with its reason. The operator's properties override these defaults;
 * changes to the few that the guarantees depend on are refused.
 */
final class StreamsSettings {
    /** The properties that identify clients and make processing exactly-once: an operator may set them only to these values. */
    private static final Set<String> FIXED = Set.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            StreamsConfig.CLIENT_ID_CONFIG,
            StreamsConfig.STATE_DIR_CONFIG,
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.NUM_STREAM_THREADS_CONFIG,
            StreamsConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_ID_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);

    private static final int DEFAULT_CALL_MS = 60_000;

    private final Properties properties = new Properties();
    private final Map<String, Object> ours = new HashMap<>();
    private final Map<String, Object> given;

    private StreamsSettings(Map<String, Object> given) {
        this.given = given;
    }

    /**
     * The configuration.
     *
     * @param largestBatch the largest batch that every topic of the job accepts, if known
     * @param producerBytes bytes of records that a producer buffers until they are sent
     * @throws RondoException with {@code BAD_CONFIG} for a property that cannot be used or has a forbidden value
     */
    static Properties of(AggregatorSettings settings, JobTopics topics, OptionalInt largestBatch, long producerBytes) {
        StreamsSettings streams = new StreamsSettings(settings.log().adminConfig());
        streams.check();
        streams.properties.putAll(streams.given);
        streams.defaults(largestBatch, producerBytes);
        streams.fixed(settings, topics);
        streams.refuseOthers();
        // given values of fixed properties equal ours; unprefixed they would also reach other clients
        streams.given.keySet().stream()
                .filter(key -> FIXED.contains(ClientProperties.bare(key)))
                .filter(key -> !streams.ours.containsKey(key))
                .forEach(streams.properties::remove);
        return streams.properties;
    }

    /** Properties of Streams itself; those of its clients are checked wherever they are used. */
    private void check() {
        given.forEach((key, value) -> {
            if (!FIXED.contains(key) && !value.toString().contains("${")) {
                ClientProperties.check(StreamsConfig.configDef(), key, key, value.toString());
            }
        });
    }

    private void refuseOthers() {
        for (Map.Entry<String, Object> property : given.entrySet()) {
            String bare = ClientProperties.bare(property.getKey());
            if (FIXED.contains(bare)
                    && !own(bare).equals(property.getValue().toString().strip())) {
                throw new RondoException(
                        ErrorCode.BAD_CONFIG,
                        property.getKey() + '=' + property.getValue()
                                + " cannot be set for an aggregator, whose value is " + own(bare)
                                + ": exactly-once rounds and restarts rest on it",
                        "remove the line from --kafka-config");
            }
        }
    }

    private String own(String bare) {
        Object value = bare.equals(ConsumerConfig.GROUP_ID_CONFIG)
                ? ours.get(StreamsConfig.APPLICATION_ID_CONFIG)
                : ours.getOrDefault(bare, ours.get(StreamsConfig.mainConsumerPrefix(bare)));
        return String.valueOf(value);
    }

    private void defaults(OptionalInt largestBatch, long producerBytes) {
        // Kafka refuses an admin client whose call timeout is below its request timeout
        byDefault(StreamsConfig.ADMIN_CLIENT_PREFIX, "default.api.timeout.ms", Math.max(DEFAULT_CALL_MS, requestMs()));
        // processors request a commit whenever others wait for what they have written, so nothing waits for the
        // interval, and an idle aggregator does not commit a hundred times a second
        byDefault("", StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000L);
        byDefault("", StreamsConfig.POLL_MS_CONFIG, 5L);
        byDefault("", StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 500);
        // a commit flushes lingering records at once, in one request for all partitions
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.LINGER_MS_CONFIG, 5);
        // the first request after a commit reaches brokers that are still writing its markers, and is retried
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5L);
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 1_000L);
        byDefault(
                StreamsConfig.PRODUCER_PREFIX,
                ProducerConfig.BATCH_SIZE_CONFIG,
                Math.min(1 << 20, largestBatch.orElse(1 << 20)));
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.BUFFER_MEMORY_CONFIG, producerBytes);
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 << 20);
        // if a process dies and loses its identity, its open transaction blocks every reader for this long
        byDefault(StreamsConfig.PRODUCER_PREFIX, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        // how long until another instance takes over the tasks of one that died
        byDefault(StreamsConfig.MAIN_CONSUMER_PREFIX, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        byDefault(StreamsConfig.MAIN_CONSUMER_PREFIX, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
    }

    private void fixed(AggregatorSettings settings, JobTopics topics) {
        ours.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.applicationId());
        ours.put(StreamsConfig.CLIENT_ID_CONFIG, topics.applicationId() + '.' + settings.instanceId());
        ours.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
        ours.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        ours.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        ours.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        // static membership: a restarted instance gets its tasks back without a rebalance; only the classic protocol
        // supports it
        ours.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        ours.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), settings.instanceId());
        ours.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        properties.putAll(ours);
    }

    private int requestMs() {
        Object request = given.getOrDefault(
                StreamsConfig.adminClientPrefix(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG),
                given.getOrDefault(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "0"));
        return Integer.parseInt(request.toString().strip());
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
}
