package io.rondo.schemas.client;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;

/** Reads partitions from given offsets, raw and committed records only; not thread-safe. */
public final class LogReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final LogConnection connection;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Optional<Admin> admin;
    private List<TopicPartition> partitions = List.of();

    private LogReader(LogConnection connection, Map<String, Object> config, Optional<Admin> admin) {
        this.connection = connection;
        this.admin = admin;
        this.consumer = connection.consumer(config);
    }

    /**
     * A reader at these offsets that can follow new records.
     *
     * @throws RondoException with {@code BROKER_UNREACHABLE} or {@code BAD_CONFIG}
     */
    public static LogReader open(LogConnection connection, Map<TopicPartition, Long> from) {
        LogReader reader = new LogReader(connection, connection.readerConfig(), Optional.empty());
        reader.moveTo(from);
        return reader;
    }

    /**
     * A reader of existing records that is moved from one place to the next: connecting takes longer than reading a topic.
     *
     * @param admin the caller closes it
     * @throws RondoException with {@code BAD_CONFIG}
     */
    public static LogReader scanner(LogConnection connection, Admin admin) {
        return new LogReader(connection, connection.scannerConfig(), Optional.of(admin));
    }

    /**
     * The same, for a caller without an admin client.
     *
     * @throws RondoException with {@code BAD_CONFIG}
     */
    public static LogReader scanner(LogConnection connection) {
        return new LogReader(connection, connection.scannerConfig(), Optional.empty());
    }

    /** Continues at these offsets, only in these partitions. */
    public void moveTo(Map<TopicPartition, Long> from) {
        consumer.assign(from.keySet());
        from.forEach(consumer::seek);
        partitions = List.copyOf(from.keySet());
    }

    /**
     * The next records, in the order of each partition; empty when there are none within the time.
     *
     * @throws RondoException with {@code LOG_INCOMPLETE} when an offset no longer exists, {@code BROKER_REFUSED} when
     *     reading is not allowed
     */
    public List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
        try {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            consumer.poll(timeout).forEach(records::add);
            return records;
        } catch (InvalidOffsetException e) {
            throw new RondoException(
                    ErrorCode.LOG_INCOMPLETE,
                    "offsets that this log should hold are not there: " + e.getMessage() + begins(e.partitions()),
                    "keep what is there, and restore the job from an archive; check the topics' retention, and whether"
                            + " a topic was deleted and made again",
                    e);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /**
     * Reads up to the end as of this call. The end includes open transactions: a committed transaction may still lack its
     * marker, and its records become readable once it has one. Afterwards the position is after any transaction markers,
     * which are not records.
     *
     * @throws RondoException as {@link #poll} does, and when there is no progress for 90 s: with {@code TRANSACTION_OPEN} if
     *     an open transaction blocks reading, else with {@code BROKER_UNREACHABLE}
     */
    public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> next) {
        readUntil(withAdmin(this::uncommittedEnds), next);
    }

    /**
     * Reads up to these ends and no further, as {@link #readToEnd} does. Records after them are skipped: the reader must be
     * moved before it continues.
     *
     * @param ends of every partition of this reader
     */
    public void readTo(Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], byte[]>> next) {
        readUntil(ends, record -> {
            if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) {
                next.accept(record);
            }
        });
    }

    private void readUntil(Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], byte[]>> next) {
        Map<TopicPartition, Long> left = new HashMap<>(ends);
        left.keySet().retainAll(partitions);
        long moved = System.nanoTime();
        Map<TopicPartition, Long> positions = new HashMap<>();
        while (true) {
            for (TopicPartition partition : partitions) {
                long position = position(partition);
                if (!Long.valueOf(position).equals(positions.put(partition, position))) {
                    moved = System.nanoTime();
                }
                left.computeIfPresent(partition, (key, end) -> position >= end ? null : end);
            }
            if (left.isEmpty()) {
                return;
            }
            if (System.nanoTime() - moved > MarkerPatience.OF_A_WHOLE_LOG.toNanos()) {
                throw withAdmin(asked -> OpenTransactions.holdingUp(asked, left.keySet()));
            }
            poll(POLL).forEach(next);
        }
    }

    /** The current start offsets of partitions, as far as the broker returns them. */
    private String begins(Set<TopicPartition> cut) {
        try {
            return "; "
                    + new TreeMap<>(consumer.beginningOffsets(cut).entrySet().stream()
                            .collect(Collectors.toMap(
                                    begin -> begin.getKey().toString(), begin -> "begins at " + begin.getValue())));
        } catch (KafkaException e) {
            return "";
        }
    }

    /** The offset of the next record to read. */
    public long position(TopicPartition partition) {
        try {
            return consumer.position(partition);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /** The end of the committed records of a partition, as of this call. */
    public long end(TopicPartition partition) {
        try {
            return consumer.endOffsets(List.of(partition)).get(partition);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        // it has no group to leave
        consumer.close(CloseOptions.timeout(CLOSE));
    }

    private RondoException failed(Throwable cause) {
        return failed(connection, partitions, cause);
    }

    private static RondoException failed(LogConnection connection, List<TopicPartition> partitions, Throwable cause) {
        List<String> topics =
                partitions.stream().map(TopicPartition::topic).distinct().toList();
        return connection.failures().of(ClientFailures.Attempt.read(String.join(", ", topics)), cause);
    }

    private <T> T withAdmin(Function<Admin, T> question) {
        if (admin.isPresent()) {
            return question.apply(admin.get());
        }
        try (Admin own = connection.admin()) {
            return question.apply(own);
        }
    }

    private Map<TopicPartition, Long> uncommittedEnds(Admin asked) {
        return ends(connection, asked, partitions, IsolationLevel.READ_UNCOMMITTED);
    }

    /**
     * The end offsets of partitions, each as of its own response.
     *
     * @throws RondoException with {@code LOG_INCOMPLETE} when one does not exist, or as {@link #poll} does
     */
    public static Map<TopicPartition, Long> ends(
            LogConnection connection, Admin asked, List<TopicPartition> partitions, IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        try {
            Map<TopicPartition, ListOffsetsResultInfo> found = asked.listOffsets(
                            wanted, new ListOffsetsOptions(isolation))
                    .all()
                    .get();
            Map<TopicPartition, Long> ends = new HashMap<>();
            found.forEach((partition, info) -> ends.put(partition, info.offset()));
            return ends;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new RondoException(
                        ErrorCode.LOG_INCOMPLETE,
                        "one of " + partitions + " does not exist",
                        "check the job's name and that its topics were not deleted",
                        e);
            }
            throw failed(connection, partitions, e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
