package io.rondo.bench.model;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What ends the growth of one job, the nearest limit first. */
final class Limits {
    /** What a job may have by its rules. */
    private static final double MOST_TRAINERS = 10_000;

    private static final double MOST_ROUNDS = 999_999;
    private static final double RECORD_MB = 2.097152;
    /** Partitions, replicas included, that Kafka's documentation has advised for a broker; KRaft clusters hold more. */
    static final double PARTITIONS_OF_BROKER = 4_000;

    private static final double BROKERS = 100;
    /** Kafka's default of max.poll.interval.ms: a coordinator that starts applies all decisions within it. */
    private static final double START_SECONDS = 300;

    private Limits() {}

    /**
     * A limit.
     *
     * @param what it limits
     * @param allowed the most
     * @param asked what the scenario asks for
     */
    record Limit(String what, double allowed, double asked) {
        /** How many times over the limit it is; below 1 it holds. */
        double times() {
            return asked / allowed;
        }
    }

    static List<Limit> of(JobLoad load, Scenario scenario) {
        return Stream.of(
                        new Limit("trainers of a job", MOST_TRAINERS, load.trainers()),
                        new Limit("rounds of a job", MOST_ROUNDS, scenario.rounds()),
                        new Limit("MB of the record that names all members", RECORD_MB, load.largestRecord()),
                        new Limit(
                                "seconds of the coordinator, one thread, for a round",
                                scenario.seconds(),
                                load.coordinatorSeconds()),
                        new Limit(
                                "MB of names that a trainer reads, beside its adapter",
                                scenario.megabytes(),
                                load.outOfNames() / load.trainers()),
                        new Limit("seconds to read all decisions at a start", START_SECONDS, load.startSeconds()),
                        new Limit(
                                "partitions of topics on " + (int) BROKERS + " brokers",
                                BROKERS * PARTITIONS_OF_BROKER / scenario.replication(),
                                load.topicPartitions()))
                .sorted(Comparator.comparingDouble(Limit::times).reversed())
                .toList();
    }
}
