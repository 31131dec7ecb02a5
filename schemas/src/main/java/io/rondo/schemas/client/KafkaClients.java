package io.rondo.schemas.client;

import io.rondo.schemas.error.RondoException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Creates all Kafka clients: exceptions of their constructors become failures with a code. */
final class KafkaClients {
    private static final int CONNECT_SECONDS = 10;

    private final LogConnection connection;

    KafkaClients(LogConnection connection) {
        this.connection = connection;
    }

    <T> T make(Supplier<T> construction) {
        try {
            return construction.get();
        } catch (RondoException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw connection.failures().ofConstruction(e);
        }
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> config) {
        return make(() -> new KafkaProducer<>(config));
    }

    KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> config) {
        return make(() -> new KafkaConsumer<>(config));
    }

    /** An admin client whose cluster has answered. */
    Admin admin(Map<String, Object> config) {
        Listener listener = new Listener(connection.bootstrapServers());
        if (!connection.isEncrypted()) {
            // a client interprets the first bytes of any other protocol as a length, and allocates that much memory
            listener.requireKafka();
        }
        Admin admin = make(() -> Admin.create(config));
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(CONNECT_SECONDS * 1000))
                    .nodes()
                    .get(CONNECT_SECONDS + 1, TimeUnit.SECONDS);
            return admin;
        } catch (ExecutionException | TimeoutException e) {
            admin.close(Duration.ZERO);
            throw refusal(listener, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            admin.close(Duration.ZERO);
            throw new InterruptException(e);
        }
    }

    private RondoException refusal(Listener listener, Throwable cause) {
        RondoException known = connection
                .failures()
                .of(
                        new ClientFailures.Attempt(
                                "connect to " + connection.bootstrapServers(), "DESCRIBE", "the cluster"),
                        cause);
        return listener.explain(connection.isEncrypted(), cause).orElse(known);
    }
}
