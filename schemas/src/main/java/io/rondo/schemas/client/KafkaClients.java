package io.rondo.schemas.client;

import io.rondo.schemas.error.RondoException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
    /** How much longer to wait for a broker that takes connections: it is there, and slow. */
    private static final int SLOW_SECONDS = 30;

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
            Optional<Throwable> failure = problem(admin, CONNECT_SECONDS);
            if (failure.filter(KafkaClients::isLate).isPresent()
                    && listener.isThere()
                    && listener.explain(connection.isEncrypted(), failure.get()).isEmpty()) {
                failure = problem(admin, SLOW_SECONDS);
            }
            if (failure.isPresent()) {
                throw refusal(listener, failure.get());
            }
            return admin;
        } catch (RuntimeException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    /** Why the cluster has not answered. */
    private static Optional<Throwable> problem(Admin admin, int seconds) {
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(seconds * 1000))
                    .nodes()
                    .get(seconds + 1L, TimeUnit.SECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(e.getCause());
        } catch (TimeoutException e) {
            return Optional.of(e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static boolean isLate(Throwable failure) {
        return failure instanceof TimeoutException
                || failure instanceof org.apache.kafka.common.errors.TimeoutException;
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
