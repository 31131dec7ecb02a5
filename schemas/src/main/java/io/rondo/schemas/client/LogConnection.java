package io.rondo.schemas.client;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.LogRecords;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.serde.RegistryAddress;
import io.rondo.schemas.serde.SchemaRegistrar;
import io.rondo.schemas.serde.SchemaTransfer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How to reach a Kafka cluster and a registry: the values of {@code --bootstrap-servers}, {@code --schema-registry} and
 * {@code --kafka-config}. Its text form holds no secret.
 *
 * @param bootstrapServers comma-separated addresses of brokers
 * @param schemaRegistry address of a Confluent-compatible registry, such as {@code http://127.0.0.1:8081}
 * @param kafkaConfig more settings, of the Kafka clients (security) and of the registry ({@code basic.auth.*},
 *     {@code value.serializer} and others)
 */
public record LogConnection(String bootstrapServers, String schemaRegistry, Map<String, String> kafkaConfig) {
    private static final int LARGEST_REQUEST = 4 << 20;
    private static final int DEFAULT_REQUEST_MS = 15_000;
    private static final int DEFAULT_CALL_MS = 30_000;

    /** Settings of the registry client; Kafka clients would warn about each. */
    private static final List<String> REGISTRY_PREFIXES = List.of(
            "schema.registry.",
            "basic.auth.",
            "bearer.auth.",
            "auto.register.schemas",
            "avro.",
            "specific.avro.",
            "value.",
            "http.",
            "max.retries",
            "retries.wait.ms",
            "rondo.");

    public LogConnection {
        if (bootstrapServers == null || bootstrapServers.isBlank()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "no Kafka broker is named",
                    "give --bootstrap-servers, such as 127.0.0.1:9092");
        }
        if (schemaRegistry == null || schemaRegistry.isBlank()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "no schema registry is named",
                    "give --schema-registry, such as http://127.0.0.1:8081");
        }
        kafkaConfig = Map.copyOf(kafkaConfig);
        Secrets.remember(Secrets.of(kafkaConfig, schemaRegistry));
        ClientProperties.check(kafkaConfig);
        // users of a connection copy records before the first codec is created
        LogRecords.trust();
    }

    /** Settings of an admin client. */
    public Map<String, Object> adminConfig() {
        Map<String, Object> config = new HashMap<>();
        kafkaConfig.forEach((key, value) -> {
            if (REGISTRY_PREFIXES.stream().noneMatch(key::startsWith)) {
                config.put(key, value);
            }
        });
        config.put("bootstrap.servers", bootstrapServers);
        // clients send no metrics to a broker unless the operator wants it
        config.putIfAbsent("enable.metrics.push", "false");
        return config;
    }

    /** Settings of a consumer of raw, committed records with assigned partitions and offsets. */
    public Map<String, Object> readerConfig() {
        Map<String, Object> config = adminConfig();
        config.remove("group.id");
        config.put("key.deserializer", ByteArrayDeserializer.class.getName());
        config.put("value.deserializer", ByteArrayDeserializer.class.getName());
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", "false");
        // a deleted offset means missing history; the reader must not start elsewhere
        config.put("auto.offset.reset", "none");
        config.put("allow.auto.create.topics", "false");
        return config;
    }

    /**
     * Settings of a consumer that only reads existing records. It does not wait for new ones, which would add half a second
     * to every close, and reports no metrics: one set for each topic costs more than reading the topic of a small round.
     */
    public Map<String, Object> scannerConfig() {
        Map<String, Object> config = readerConfig();
        config.put("fetch.max.wait.ms", 10);
        config.put("retry.backoff.ms", 5L);
        config.put("retry.backoff.max.ms", 50L);
        config.put("metric.reporters", "");
        return config;
    }

    /**
     * Settings of an idempotent producer of raw records, chunks included, with batches that a topic accepts.
     *
     * @param largestBatch the result of {@link TopicCreator#largestBatch}
     */
    public Map<String, Object> writerConfig(OptionalInt largestBatch) {
        Map<String, Object> config = writerConfig();
        if (largestBatch.isPresent() && !kafkaConfig.containsKey("batch.size")) {
            config.merge("batch.size", largestBatch.getAsInt(), (ours, most) -> Math.min((int) ours, (int) most));
        }
        return config;
    }

    /** Settings of an idempotent producer of raw records, chunks included. */
    public Map<String, Object> writerConfig() {
        Map<String, Object> config = adminConfig();
        config.put("key.serializer", ByteArraySerializer.class.getName());
        config.put("value.serializer", ByteArraySerializer.class.getName());
        config.put("enable.idempotence", "true");
        config.put("acks", "all");
        config.putIfAbsent("batch.size", 1 << 20);
        config.putIfAbsent("linger.ms", 5);
        config.putIfAbsent("buffer.memory", 128L << 20);
        config.putIfAbsent("max.request.size", LARGEST_REQUEST);
        return config;
    }

    /**
     * An admin client of a cluster that answers.
     *
     * @throws RondoException with {@code BROKER_UNREACHABLE} when no broker answers within about 10 s, or
     *     40 s where one takes connections, {@code BROKER_REFUSED} when one denies access, {@code BAD_CONFIG} when a
     *     setting cannot be used
     */
    public Admin admin() {
        Map<String, Object> config = adminConfig();
        config.putIfAbsent("request.timeout.ms", DEFAULT_REQUEST_MS);
        // Kafka refuses a client whose call timeout is below its request timeout
        config.putIfAbsent(
                "default.api.timeout.ms", Math.max(DEFAULT_CALL_MS, number(config.get("request.timeout.ms"))));
        return new KafkaClients(this).admin(config);
    }

    /**
     * A producer of {@link #writerConfig}.
     *
     * @throws RondoException with {@code BAD_CONFIG}
     */
    public KafkaProducer<byte[], byte[]> producer() {
        return producer(writerConfig());
    }

    /**
     * A producer of raw records.
     *
     * @param config the result of {@link #writerConfig}, possibly changed
     * @throws RondoException with {@code BAD_CONFIG}
     */
    public KafkaProducer<byte[], byte[]> producer(Map<String, Object> config) {
        return new KafkaClients(this).producer(config);
    }

    /**
     * A consumer of raw records.
     *
     * @param config the result of {@link #readerConfig} or {@link #scannerConfig}, possibly changed
     * @throws RondoException with {@code BAD_CONFIG}
     */
    public KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> config) {
        return new KafkaClients(this).consumer(config);
    }

    /**
     * A client of another kind; a failure to create it is reported like that of the others.
     *
     * @throws RondoException with {@code BAD_CONFIG}
     */
    public <T> T make(Supplier<T> construction) {
        return new KafkaClients(this).make(construction);
    }

    /** Creates topics, and checks existing ones. */
    public TopicCreator topicCreator(Admin admin) {
        return new TopicCreator(this, admin);
    }

    /** Translates exceptions of these clients. */
    public ClientFailures failures() {
        return new ClientFailures(this);
    }

    /** The brokers' principal for these clients, as far as the settings show it, such as {@code User:alice}. */
    public String principal() {
        return Credentials.principal(kafkaConfig);
    }

    /** The secrets that no text may contain. */
    public Secrets secrets() {
        return Secrets.of(kafkaConfig, schemaRegistry);
    }

    boolean isEncrypted() {
        return Credentials.isEncrypted(kafkaConfig);
    }

    /** Writes and reads the log's records through the registry. Sends no request before the first record. */
    public RecordCodec codec(SchemaRegistration registration) {
        return RecordCodec.of(codecConfig(registration));
    }

    /**
     * Checks addresses, credentials and TLS of the registry without a request to it.
     *
     * @throws RondoException with {@code BAD_CONFIG}
     */
    public void checkRegistrySettings() {
        RecordCodec.check(codecConfig(SchemaRegistration.LOOK_UP_ONLY));
    }

    /** Registers schemas; for the aggregator and {@code job submit}. */
    public SchemaRegistrar registrar() {
        return SchemaRegistrar.of(codecConfig(SchemaRegistration.REGISTER));
    }

    /** Exports schemas from the registry, or imports them, by id. */
    public SchemaTransfer schemaTransfer() {
        return SchemaTransfer.of(codecConfig(SchemaRegistration.REGISTER));
    }

    @Override
    public String toString() {
        return "LogConnection[" + bootstrapServers + ", " + RegistryAddress.redacted(schemaRegistry) + ", "
                + kafkaConfig.keySet() + "]";
    }

    private Map<String, Object> codecConfig(SchemaRegistration registration) {
        Map<String, Object> config = new HashMap<>(kafkaConfig);
        config.put("schema.registry.url", schemaRegistry);
        config.put("auto.register.schemas", Boolean.toString(registration == SchemaRegistration.REGISTER));
        return config;
    }

    /** The value, or 0 if it is not a number: Kafka then reports the error. */
    private static int number(Object value) {
        try {
            return Integer.parseInt(value.toString().strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
