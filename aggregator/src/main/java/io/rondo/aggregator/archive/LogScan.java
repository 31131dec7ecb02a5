package io.rondo.aggregator.archive;

import io.rondo.schemas.serde.SchemaTransfer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A first pass over some partitions, since a file's header names the schemas of all its records. The second pass ends where
 * the first one did, although a live job continues in between.
 */
final class LogScan {
    private final Map<TopicPartition, Found> found = new HashMap<>();

    private static final class Found {
        private final Set<Integer> ids = new TreeSet<>();
        private long last = -1;
    }

    private LogScan() {}

    static LogScan of(LogSource source, Collection<TopicPartition> partitions) {
        LogScan scan = new LogScan();
        partitions.forEach(partition -> scan.found.put(partition, new Found()));
        source.read(partitions, record -> {
            Found in = scan.found.get(new TopicPartition(record.topic(), record.partition()));
            SchemaTransfer.id(record.value()).ifPresent(in.ids::add);
            in.last = record.offset();
        });
        return scan;
    }

    /** Ids that the values of a partition name, whether or not there is such a schema. */
    Set<Integer> ids(TopicPartition partition) {
        return found.get(partition).ids;
    }

    /** Passes on the records that the first pass saw. */
    Consumer<ConsumerRecord<byte[], byte[]>> seen(Consumer<ConsumerRecord<byte[], byte[]>> next) {
        return record -> {
            if (record.offset() <= found.get(new TopicPartition(record.topic(), record.partition())).last) {
                next.accept(record);
            }
        };
    }
}
