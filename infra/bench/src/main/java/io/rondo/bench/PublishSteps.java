package io.rondo.bench;

import io.rondo.log.PartFolded;
import io.rondo.log.RoundPublished;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the time from a round's last manifest to its readable publication goes, by the timestamps of the records in the log: medians
 * in milliseconds. The last two include a commit and its reading each, the first one only where folds are in several processes.
 *
 * @param folding until the round was closed and its last partition folded: a decision has its input's time, so that the log does not
 *     tell the one from the other
 * @param publishing until the publication was decided
 * @param reading until a trainer could read it
 */
record PublishSteps(double folding, double publishing, double reading) {

    /** Milliseconds since 1970. */
    private static final class Moments {
        private long manifest;
        private long folded;
        private long published;
    }

    static PublishSteps measure(
            LogConnection connection, RecordCodec codec, JobTopics topics, Map<Integer, Long> readableAt) {
        Map<Integer, Moments> moments = new HashMap<>();
        read(connection, codec, topics.manifests(), (record, at) -> {
            if (record instanceof UpdateManifest manifest) {
                of(moments, manifest.getRound()).manifest = at;
            }
        });
        read(connection, codec, topics.parts(), (record, at) -> {
            if (record instanceof PartFolded part) {
                of(moments, part.getRound()).folded = at;
            }
        });
        read(connection, codec, topics.rounds(), (record, at) -> {
            if (record instanceof RoundPublished published) {
                of(moments, published.getRound()).published = at;
            }
        });
        List<Integer> rounds = List.copyOf(readableAt.keySet());
        return new PublishSteps(
                median(rounds, round -> of(moments, round).folded - of(moments, round).manifest),
                median(rounds, round -> of(moments, round).published - of(moments, round).folded),
                median(rounds, round -> readableAt.get(round) - of(moments, round).published));
    }

    private static Moments of(Map<Integer, Moments> moments, int round) {
        return moments.computeIfAbsent(round, key -> new Moments());
    }

    private static double median(List<Integer> rounds, ToDoubleFunction<Integer> step) {
        return new Samples(rounds.stream().map(step::applyAsDouble).toList()).median();
    }

    private interface Timed {
        void accept(SpecificRecord record, long at);
    }

    private static void read(LogConnection connection, RecordCodec codec, Topic topic, Timed records) {
        try (LogReader reader = LogReader.open(connection, Map.of(new TopicPartition(topic.name(), 0), 0L))) {
            reader.readToEnd(record -> {
                if (codec.decode(topic.name(), record.value()) instanceof Decoded.Readable readable) {
                    records.accept(readable.record(), record.timestamp());
                }
            });
        }
    }
}
