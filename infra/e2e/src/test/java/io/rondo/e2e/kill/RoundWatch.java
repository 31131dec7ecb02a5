package io.rondo.e2e.kill;

import io.rondo.log.JobPaused;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Follows a job's {@code rounds} as trainers do, on a thread of its own, and knows when what became readable. */
final class RoundWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final LogReader reader;
    private final RecordCodec codec;
    private final Thread thread = new Thread(this::follow, "round-watch");
    private volatile boolean stopping;
    private volatile RuntimeException failure;
    private int opened = -1;
    private int published = -1;
    private long publishedAt;
    private long publishedReadAt;
    private boolean paused;
    private long records;

    RoundWatch(LogConnection connection, Topic rounds) {
        codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
        reader = LogReader.open(connection, Map.of(new TopicPartition(rounds.name(), 0), 0L));
        thread.setDaemon(true);
        thread.start();
    }

    private void follow() {
        try {
            while (!stopping) {
                reader.poll(POLL).forEach(this::take);
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        SpecificRecord value = codec.require(record.topic(), record.value(), SpecificRecord.class);
        if (value instanceof RoundOpened opening) {
            opened = opening.getRound();
        } else if (value instanceof RoundPublished publication) {
            published = Math.max(published, publication.getRound());
            publishedAt = record.timestamp();
            publishedReadAt = System.currentTimeMillis();
        } else if (value instanceof JobPaused) {
            paused = true;
        }
        records++;
        notifyAll();
    }

    /** The last round that was opened, or -1. */
    synchronized int opened() {
        requireWell();
        return opened;
    }

    /** The last round that was published, or -1. */
    synchronized int published() {
        requireWell();
        return published;
    }

    /** Whether the job is paused and its last round is published. */
    synchronized boolean isIdle() {
        requireWell();
        return paused && published == opened;
    }

    /** Milliseconds until a round could be read that was published after this moment; negative while there is none. */
    synchronized long publishedAfter(long since) {
        requireWell();
        return publishedAt >= since ? publishedReadAt - since : -1;
    }

    /** Waits for news, at most so long. */
    synchronized void await(Duration most) throws InterruptedException {
        long known = records;
        long giveUp = System.nanoTime() + most.toNanos();
        for (long left = most.toMillis();
                records == known && left > 0;
                left = (giveUp - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    private void requireWell() {
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reader.close();
        codec.close();
    }
}
