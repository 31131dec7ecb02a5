package io.rondo.e2e.containers;

import io.rondo.log.RoundPublished;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;

/** Follows the published rounds of a job from outside of the containers. Used by one thread. */
final class PublishedRounds implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final RecordCodec codec;
    private final LogReader reader;
    private int last = -1;

    PublishedRounds(LogConnection connection, String job) {
        codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
        reader = LogReader.open(connection, Map.of(new TopicPartition("rondo." + job + ".rounds", 0), 0L));
    }

    int last() {
        return last;
    }

    /** Waits for a round, which may have come already. */
    void awaitRound(int round) {
        catchUp();
        if (last < round) {
            await(published -> published.getRound() >= round, "round " + round);
        }
    }

    /** Waits for so many rounds that were not read yet. */
    void awaitMore(int rounds) {
        catchUp();
        int wanted = last + rounds;
        await(round -> round.getRound() >= wanted, "round " + wanted);
    }

    /** Waits for a round that was not read yet, with so many trainers in it. */
    void awaitMoreOf(int trainers) {
        catchUp();
        await(round -> round.getMembers().size() == trainers, "a round of " + trainers + " trainers");
    }

    private void catchUp() {
        long quietAt = System.nanoTime() + POLL.toNanos() * 3;
        while (System.nanoTime() < quietAt) {
            read(round -> false);
        }
    }

    private void await(Predicate<RoundPublished> wanted, String what) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!read(wanted)) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError(what + " did not come within " + PATIENCE + "; the last one is " + last);
            }
        }
    }

    private boolean read(Predicate<RoundPublished> wanted) {
        boolean[] found = {false};
        reader.poll(POLL).forEach(record -> {
            if (codec.require(record.topic(), record.value(), SpecificRecord.class) instanceof RoundPublished round) {
                last = Math.max(last, round.getRound());
                found[0] |= wanted.test(round);
            }
        });
        return found[0];
    }

    @Override
    public void close() {
        reader.close();
        codec.close();
    }
}
