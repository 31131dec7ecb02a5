package io.rondo.web;

import io.rondo.aggregator.log.DecisionLog;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a job's decisions from the first on, and follows them, on a thread of its own. What is away is waited for. */
final class DecisionFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DecisionFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final LogConnection connection;
    private final JobTopics topics;
    private final Consumer<SpecificRecord> decisions;
    private final Runnable caughtUp;
    private final Thread thread;
    private volatile boolean stopped;
    private long next;

    /**
     * @param decisions receives them in their order
     * @param caughtUp told once all that were there at the start have been given
     */
    DecisionFollower(
            LogConnection connection, JobTopics topics, Consumer<SpecificRecord> decisions, Runnable caughtUp) {
        this.connection = connection;
        this.topics = topics;
        this.decisions = decisions;
        this.caughtUp = caughtUp;
        this.thread = new Thread(this::run, "metrics " + topics.job());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!stopped) {
            try {
                follow();
            } catch (InterruptException e) {
                return;
            } catch (RondoException e) {
                if (e.code() == ErrorCode.LOG_INCOMPLETE) {
                    LOG.warn("metrics of job {} end: {}", topics.job(), e.explanation());
                    return;
                }
                LOG.debug("metrics of job {} wait: {}", topics.job(), e.explanation());
                pause();
            }
        }
    }

    private void follow() {
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
                DecisionLog log = new DecisionLog(connection, codec, topics, next)) {
            try {
                log.readToEnd(decisions);
                caughtUp.run();
                while (!stopped) {
                    log.poll(POLL, decisions);
                }
            } finally {
                next = log.next();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    @Override
    public void close() {
        stopped = true;
        try {
            // a client that is interrupted while it closes leaves its connections open
            thread.join(STOP.toMillis());
            thread.interrupt();
            thread.join(STOP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
