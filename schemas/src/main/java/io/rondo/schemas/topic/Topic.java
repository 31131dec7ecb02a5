package io.rondo.schemas.topic;

import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * A topic of a job.
 *
 * @param name the full name
 * @param partitions how many partitions it has
 * @param replication replication factor, or -1 for the broker's default
 * @param configs topic configurations that Rondo depends on
 * @param records the record types that it may contain
 */
public record Topic(
        String name,
        int partitions,
        short replication,
        Map<String, String> configs,
        List<Class<? extends SpecificRecord>> records) {

    public Topic {
        if (partitions < 1) {
            throw new IllegalArgumentException("topic " + name + " with " + partitions + " partitions");
        }
        configs = Map.copyOf(configs);
        records = List.copyOf(records);
    }
}
