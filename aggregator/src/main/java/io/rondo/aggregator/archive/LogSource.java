package io.rondo.aggregator.archive;

import java.util.Collection;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The source of an archive's records. */
interface LogSource {
    /** Passes on all committed records of some partitions, each in order, up to their ends as of the call. */
    void read(Collection<TopicPartition> partitions, Consumer<ConsumerRecord<byte[], byte[]>> records);
}
