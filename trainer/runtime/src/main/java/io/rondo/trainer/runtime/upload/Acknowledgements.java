package io.rondo.trainer.runtime.upload;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Records that were sent, until the broker has acknowledged them all. Used by one thread. */
public final class Acknowledgements {
    /** Longer than the producer's delivery timeout, so that the producer's own failure is reported. */
    private static final Duration LONGEST_DELIVERY = Duration.ofMinutes(3);

    private final Producer<byte[], byte[]> producer;
    private final SendFailures failures;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final List<String> topics = new ArrayList<>();

    public Acknowledgements(Producer<byte[], byte[]> producer, SendFailures failures) {
        this.producer = producer;
        this.failures = failures;
    }

    public void send(String topic, int partition, byte[] value) {
        try {
            sent.add(producer.send(new ProducerRecord<>(topic, partition, null, value)));
            topics.add(topic);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw failure(topic, e);
        }
    }

    /** Waits for all sent records and returns their offsets, in the order of sending. */
    public List<RecordMetadata> await() {
        return await(LONGEST_DELIVERY);
    }

    public List<RecordMetadata> await(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<RecordMetadata> acknowledged = new ArrayList<>(sent.size());
        for (int record = 0; record < sent.size(); record++) {
            acknowledged.add(await(topics.get(record), sent.get(record), deadline - System.nanoTime()));
        }
        return acknowledged;
    }

    private RecordMetadata await(String topic, Future<RecordMetadata> future, long nanos) {
        try {
            return future.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(topic, e.getCause());
        } catch (TimeoutException e) {
            throw failure(topic, e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private RondoException failure(String topic, Throwable cause) {
        if (cause instanceof TimeoutException || cause instanceof org.apache.kafka.common.errors.TimeoutException) {
            return new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "the broker did not acknowledge a record for topic " + topic + " in time: " + cause.getMessage(),
                    "check that the brokers run, and start the trainer again: it sends the same update",
                    cause);
        }
        return failures.of(topic, cause);
    }
}
