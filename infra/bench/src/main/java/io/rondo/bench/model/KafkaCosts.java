package io.rondo.bench.model;

/**
 * What the rest of an aggregator costs: Kafka Streams, its clients, decoding and transactions. It cannot be driven without a
 * broker, so it is what measured rounds cost beyond the driven ones.
 *
 * @param secondsOfRound whatever the size of the round
 * @param secondsOfUpdate for each update
 * @param secondsOfMegabyte for each 10⁶ bytes of values
 */
record KafkaCosts(double secondsOfRound, double secondsOfUpdate, double secondsOfMegabyte) {

    /**
     * Fits the three numbers to three rows, exactly. Noise may make one of them negative; it is then 0.
     *
     * @param few a round of few small updates
     * @param many one of many small updates
     * @param large one of few large updates
     */
    static KafkaCosts fit(OwnCosts own, MeasuredRow few, MeasuredRow many, MeasuredRow large) {
        double ofUpdate = Math.max(0, (rest(own, many) - rest(own, few)) / (many.trainers() - few.trainers()));
        double ofRound = Math.max(0, rest(own, few) - few.trainers() * ofUpdate);
        double ofMegabyte =
                Math.max(0, (rest(own, large) - ofRound - large.trainers() * ofUpdate) / large.megabytesOfRound());
        return new KafkaCosts(ofRound, ofUpdate, ofMegabyte);
    }

    private static double rest(OwnCosts own, MeasuredRow row) {
        return row.aggregatorSeconds() - own.seconds(row.trainers(), row.megabytes());
    }

    /** Processor time of the aggregators for a round. */
    double seconds(OwnCosts own, double trainers, double megabytes) {
        return own.seconds(trainers, megabytes)
                + secondsOfRound
                + trainers * secondsOfUpdate
                + trainers * megabytes * secondsOfMegabyte;
    }
}
