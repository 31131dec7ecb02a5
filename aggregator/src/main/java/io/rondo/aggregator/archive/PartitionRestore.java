package io.rondo.aggregator.archive;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Appends records so that each gets its original offset. Decisions name the offsets of the inputs that they answer, and
 * offsets have gaps: each transaction marker takes one, and aborted records take some. A gap of one offset becomes a marker,
 * a longer one an aborted transaction; readers of committed records see neither. Not thread-safe.
 */
final class PartitionRestore implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> plain;
    private final KafkaProducer<byte[], byte[]> transactional;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private TopicPartition partition;

    /**
     * @param admin the caller closes it
     * @param transactionalId used by no other producer meanwhile
     */
    PartitionRestore(LogConnection connection, Admin admin, String transactionalId) {
        this.admin = admin;
        Map<String, Object> config = new HashMap<>(connection.writerConfig());
        config.put("transactional.id", transactionalId);
        config.put("transaction.timeout.ms", 10_000);
        config.put("linger.ms", 0);
        config.put("retry.backoff.ms", 5);
        this.plain = connection.producer();
        this.transactional = connection.producer(config);
        try {
            transactional.initTransactions();
        } catch (KafkaException e) {
            close();
            throw failed("the broker gives no transactions: " + e.getMessage(), e);
        }
    }

    /**
     * Moves to another, empty partition.
     *
     * @param first offset of the first record to append
     */
    void begin(TopicPartition next, long first) {
        partition = next;
        if (first == 1) {
            throw failed("the first record of " + next + " has offset 1, where a single marker cannot stand", null);
        }
        if (first > 1) {
            fill(0, first, 0);
        }
    }

    /** @param next offset of the record after this one; the next offset if there is none */
    void append(ConsumerRecord<byte[], byte[]> record, long next) {
        requireSound();
        long behind = record.offset() + 1;
        boolean isMarkerNext = next - behind == 1;
        if (isMarkerNext) {
            guarded(() -> {
                plain.flush();
                transactional.beginTransaction();
                send(transactional, record);
                transactional.commitTransaction();
            });
            awaitEnd(next);
        } else {
            guarded(() -> send(plain, record));
            if (next > behind) {
                fill(behind, next, record.timestamp());
            }
        }
    }

    /** Fills the offsets up to the next record with an aborted transaction: its records and its marker. */
    private void fill(long from, long next, long timestamp) {
        byte[] nothing = null;
        guarded(() -> {
            plain.flush();
            transactional.beginTransaction();
            for (long offset = from; offset < next - 1; offset++) {
                // the callback tells how it ends
                Future<RecordMetadata> unused = transactional.send(
                        new ProducerRecord<>(partition.topic(), partition.partition(), timestamp, nothing, nothing),
                        expecting(offset));
            }
            // an abort drops what has not been sent yet
            transactional.flush();
            transactional.abortTransaction();
        });
        awaitEnd(next);
        requireSound();
    }

    /**
     * A transaction is committed before its marker is in the log, and a record sent meanwhile would take the marker's
     * offset.
     */
    private void awaitEnd(long end) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (end() < end) {
            if (System.nanoTime() > giveUp) {
                throw failed(
                        "the marker of a transaction does not appear at offset " + (end - 1) + " of " + partition,
                        null);
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    private long end() {
        try {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            throw failed(
                    "the end of " + partition + " is not known: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, ConsumerRecord<byte[], byte[]> record) {
        // the callback tells how it ends
        Future<RecordMetadata> unused = producer.send(
                new ProducerRecord<>(
                        partition.topic(),
                        partition.partition(),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        record.headers()),
                expecting(record.offset()));
    }

    private Callback expecting(long offset) {
        TopicPartition where = partition;
        return (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            } else if (metadata.offset() != offset) {
                failure.compareAndSet(
                        null,
                        new KafkaException("the record of offset " + offset + " of " + where + " got offset "
                                + metadata.offset()));
            }
        };
    }

    /** Waits until all records are in the log. */
    void finish() {
        guarded(plain::flush);
        requireSound();
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (KafkaException e) {
            requireSound();
            throw failed("the broker does not take records: " + e.getMessage(), e);
        }
    }

    private void requireSound() {
        Exception first = failure.get();
        if (first != null) {
            throw failed(first.getMessage(), first);
        }
    }

    private static RondoException failed(String what, Exception cause) {
        return new RondoException(
                ErrorCode.RESTORE_FAILED,
                what,
                "restore to a cluster where no other process writes to the job's topics; the created topics have been deleted",
                cause);
    }

    @Override
    public void close() {
        plain.close(CLOSE);
        transactional.close(CLOSE);
    }
}
