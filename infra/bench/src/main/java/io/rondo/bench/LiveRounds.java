package io.rondo.bench;

import io.rondo.inspect.scan.Futures;
import io.rondo.log.JobAborted;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.DoubleSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;

/** Follows {@code rounds}, lets the trainers answer, and takes the times. Used by one thread. */
final class LiveRounds implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final RecordCodec codec;
    private final Topic topic;
    private final LogReader reader;
    private final LightTrainers trainers;
    private final Runnable check;
    private final DoubleSupplier aggregatorCpu;
    private final Deque<Seen> seen = new ArrayDeque<>();

    /** A record and when it could be read. */
    private record Seen(SpecificRecord record, long nanos, long at) {}

    /**
     * @param check looks now and then whether all is well, and throws where it is not
     * @param aggregatorCpu processor seconds that the aggregators have used
     */
    LiveRounds(
            LogConnection connection,
            RecordCodec codec,
            Topic rounds,
            LightTrainers trainers,
            Runnable check,
            DoubleSupplier aggregatorCpu) {
        this.aggregatorCpu = aggregatorCpu;
        this.codec = codec;
        this.topic = rounds;
        this.reader = LogReader.open(connection, Map.of(new TopicPartition(rounds.name(), 0), 0L));
        this.trainers = trainers;
        this.check = check;
    }

    /** Runs a round; the rounds before it are done. */
    RoundTiming run(int round) {
        Seen opened = await(round, RoundOpened.class);
        double cpu = aggregatorCpu.getAsDouble();
        long start = System.nanoTime();
        List<Future<Long>> answers = trainers.answer((RoundOpened) opened.record());
        Seen published = await(round, RoundPublished.class);
        long acknowledged = Collections.max(Futures.await(answers));
        return new RoundTiming(
                seconds(start, acknowledged),
                seconds(acknowledged, published.nanos()),
                seconds(opened.nanos(), published.nanos()),
                published.at(),
                aggregatorCpu.getAsDouble() - cpu);
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    private <T extends SpecificRecord> Seen await(int round, Class<T> type) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            while (!seen.isEmpty()) {
                Seen next = seen.removeFirst();
                if (type.isInstance(next.record()) && roundOf(next.record()) == round) {
                    return next;
                }
                requireGood(next.record());
            }
            poll();
        }
        throw new RondoException(
                ErrorCode.JOB_FAILED,
                "round " + round + " did not get to its " + type.getSimpleName() + " within " + PATIENCE.toMinutes()
                        + " minutes",
                "choose fewer or smaller updates for this machine");
    }

    private void poll() {
        check.run();
        var records = reader.poll(POLL);
        long now = System.nanoTime();
        long at = System.currentTimeMillis();
        records.forEach(record ->
                seen.add(new Seen(codec.require(topic.name(), record.value(), SpecificRecord.class), now, at)));
    }

    private static int roundOf(SpecificRecord record) {
        return record instanceof RoundOpened opened ? opened.getRound() : ((RoundPublished) record).getRound();
    }

    private static void requireGood(SpecificRecord record) {
        if (record instanceof UpdateRejected || record instanceof RoundFailed || record instanceof JobAborted) {
            throw new RondoException(
                    ErrorCode.JOB_FAILED,
                    "the benchmark's own updates did not all count: " + record,
                    "please report this with the message");
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
