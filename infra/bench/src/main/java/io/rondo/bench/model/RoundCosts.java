package io.rondo.bench.model;

import java.util.Map;

/**
 * What rounds cost an aggregator apart from Kafka, measured in this process.
 *
 * @param trainers who answered each round
 * @param megabytes of an update
 * @param coordinatorSeconds of a round, decisions and their encoding included
 * @param foldSeconds of a round, of all partitions together
 * @param replaySeconds to apply one decision at a start
 * @param bytes by record type, the mean size of a record's body
 */
record RoundCosts(
        int trainers,
        double megabytes,
        double coordinatorSeconds,
        double foldSeconds,
        double replaySeconds,
        Map<String, Double> bytes) {

    double bytesOf(Class<?> type) {
        Double found = bytes.get(type.getSimpleName());
        if (found == null) {
            throw new IllegalStateException("no " + type.getSimpleName() + " was written");
        }
        return found;
    }
}
