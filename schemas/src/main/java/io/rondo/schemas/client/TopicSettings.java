package io.rondo.schemas.client;

import io.rondo.log.AdapterChunk;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Compares a topic's settings with those that rounds, history and verification require. No I/O. */
final class TopicSettings {
    /** Overhead of a chunk's values: the record's fields, its header and that of its batch, with a margin. */
    static final int ENVELOPE_BYTES = 1_024;

    static final String MAX_MESSAGE_BYTES = "max.message.bytes";

    private static final String MIN_IN_SYNC = "min.insync.replicas";
    /**
     * The first saves memory maps; topics of jobs from before the second was introduced lack it, and are equally safe; the third
     * matters only to jobs of many trainers, whose submission checks it.
     */
    private static final Set<String> MAY_DIFFER = Set.of("segment.index.bytes", "compression.type", MAX_MESSAGE_BYTES);

    private static final Map<String, String> REASONS = Map.of(
            "retention.ms", "records would disappear from the log",
            "retention.bytes", "records would disappear from the log",
            "cleanup.policy", "records would disappear from the log",
            "message.timestamp.type", "the broker's clock decides what is late");

    private TopicSettings() {}

    /**
     * The settings that do not fit.
     *
     * @param actual the topic's settings, as far as they are known
     * @param chunkBytes bytes of a chunk's values, 0 if not known
     */
    static List<String> faults(Topic topic, Map<String, String> actual, int chunkBytes) {
        List<String> faults = new ArrayList<>();
        new TreeMap<>(topic.configs()).forEach((key, wanted) -> {
            String found = actual.get(key);
            if (found != null && !found.equals(wanted) && !MAY_DIFFER.contains(key)) {
                faults.add(key + '=' + found + ", needed is " + wanted + ": "
                        + REASONS.getOrDefault(key, "it must not differ"));
            }
        });
        long needed = (long) chunkBytes + ENVELOPE_BYTES;
        number(actual, MAX_MESSAGE_BYTES).ifPresent(most -> {
            if (chunkBytes > 0 && holdsChunks(topic) && most < needed) {
                faults.add(MAX_MESSAGE_BYTES + '=' + most + ", and a chunk of chunk-bytes=" + chunkBytes + " needs "
                        + needed);
            }
        });
        return faults;
    }

    /** A setting with which older brokers accept no record; newer ones limit it to the existing replicas. */
    static Optional<String> replicaFault(Map<String, String> actual, int replicas) {
        OptionalLong inSync = number(actual, MIN_IN_SYNC);
        return inSync.isPresent() && inSync.getAsLong() > replicas
                ? Optional.of(MIN_IN_SYNC + '=' + inSync.getAsLong() + " with " + replicas
                        + (replicas == 1 ? " replica" : " replicas") + ": older brokers refuse every record then")
                : Optional.empty();
    }

    /** A limit that the largest records of a job do not fit under. */
    static Optional<String> recordFault(int mostBytes) {
        return mostBytes < JobTopics.LARGE_RECORD_BYTES
                ? Optional.of(MAX_MESSAGE_BYTES + '=' + mostBytes + ", and a job of so many trainers needs "
                        + JobTopics.LARGE_RECORD_BYTES)
                : Optional.empty();
    }

    private static boolean holdsChunks(Topic topic) {
        return topic.records().contains(TensorChunk.class) || topic.records().contains(AdapterChunk.class);
    }

    private static OptionalLong number(Map<String, String> settings, String key) {
        try {
            return settings.get(key) == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(settings.get(key)));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
