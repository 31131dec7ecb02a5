package io.rondo.bench;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast the rounds are read from the log, by a plain consumer and by the fold, in bytes of values a second.
 *
 * @param raw median of the plain consumer
 * @param fold median of the fold
 */
record ReadRates(double raw, double fold) {

    /**
     * Reads all rounds one after the other, each by both, so that what else the machine does meets both alike.
     *
     * @param rounds rounds that count; {@code warmUp} are read before them
     */
    static ReadRates measure(
            LogConnection connection,
            RecordCodec codec,
            JobTopics topics,
            List<Integer> warmUp,
            List<Integer> rounds,
            long roundBytes) {
        RoundLog log = RoundLog.read(connection, codec, topics);
        List<Double> raws = new ArrayList<>();
        List<Double> folds = new ArrayList<>();
        try (PartitionThreads raw = new PartitionThreads(
                        topics.partitions(), partition -> new RawReader(connection, topics, partition));
                PartitionThreads fold = new PartitionThreads(
                        topics.partitions(), partition -> new FoldReader(connection, topics, codec, log, partition))) {
            for (int round : warmUp) {
                raw.seconds(round);
                fold.seconds(round);
            }
            for (int round : rounds) {
                raws.add(roundBytes / raw.seconds(round));
                folds.add(roundBytes / fold.seconds(round));
            }
        }
        return new ReadRates(new Samples(raws).median(), new Samples(folds).median());
    }

    /** The share of the ceiling that the fold reaches. */
    double ratio() {
        return fold / raw;
    }
}
