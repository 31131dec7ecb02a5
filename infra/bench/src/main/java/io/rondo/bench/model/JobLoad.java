package io.rondo.bench.model;

/**
 * What one job asks of brokers, aggregators and trainers, for each round unless a name says otherwise. Bytes are in units of 10⁶.
 *
 * @param trainers of the job
 * @param into what all writers send to the brokers, before replication
 * @param out what brokers send to aggregators and trainers
 * @param outOfNames the part of it that names members: each trainer reads the names of all
 * @param aggregatorSeconds processor time of the aggregators
 * @param coordinatorSeconds the part of it that one thread does
 * @param largestRecord the largest record
 * @param topicPartitions that the brokers hold
 * @param disk that the brokers need at the end, with all replicas
 * @param startSeconds for a starting coordinator to read, decode and apply all decisions of the job
 */
record JobLoad(
        double trainers,
        double into,
        double out,
        double outOfNames,
        double aggregatorSeconds,
        double coordinatorSeconds,
        double largestRecord,
        double topicPartitions,
        double disk,
        double startSeconds) {
    private static final double MB = 1e6;
    /** Topics of a job besides those of its rounds: partitioned ones and single ones. */
    private static final int PARTITIONED = 2;

    private static final int SINGLE = 5;
    /** Decisions of a round besides those about updates: opened, closed, completed, and a margin. */
    private static final int DECISIONS_OF_ROUND = 4;
    /** Reading and decoding take most of it; decision 0015 has the measurement. */
    private static final double SECONDS_OF_DECISION = 10e-6;

    static JobLoad of(double trainers, Scenario scenario, OwnCosts own, KafkaCosts kafka) {
        double update = scenario.megabytes();
        int partitions = scenario.partitions();
        double opened = own.openedBytes(trainers) / MB;
        double closed = own.closedBytes(trainers) / MB;
        double published = own.publishedBytes(trainers) / MB;
        double manifests = trainers * own.manifestBytes() / MB;
        double decisions = trainers * own.acceptedBytes() / MB + opened + closed;
        double copies = partitions * decisions;
        double names = trainers * (opened + published);
        double forever = manifests + copies + opened + published + update;
        return new JobLoad(
                trainers,
                trainers * update + manifests + copies + opened + published + update,
                trainers * update + manifests + copies + trainers * update + names,
                names,
                kafka.seconds(own, trainers, update),
                trainers * (own.coordinatorSecondsOfUpdate() + kafka.secondsOfUpdate()),
                Math.max(closed, published),
                (double) scenario.retained() * partitions + PARTITIONED * partitions + SINGLE,
                scenario.replication() * (scenario.retained() * trainers * update + scenario.rounds() * forever),
                scenario.rounds() * (trainers + DECISIONS_OF_ROUND) * SECONDS_OF_DECISION);
    }
}
