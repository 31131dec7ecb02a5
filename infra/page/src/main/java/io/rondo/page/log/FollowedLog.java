package io.rondo.page.log;

import io.rondo.page.index.JobIndex;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A log that someone looks at: a thread follows its decisions into an index. What is away is waited for. */
public final class FollowedLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FollowedLog.class);
    private static final long PAUSE_MS = 2_000;
    private static final long STOP_MS = 5_000;

    private final PageLog log;
    private final JobIndex index;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile Optional<RondoException> failure = Optional.empty();
    private volatile long usedAt = System.nanoTime();
    private long next;

    FollowedLog(PageLog log) {
        this.log = log;
        this.index = new JobIndex(log.key());
        this.thread = new Thread(this::run, "page " + log.key());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!stopped) {
            try {
                log.follow(next, new Sink(), () -> stopped);
                return;
            } catch (InterruptException e) {
                return;
            } catch (RondoException e) {
                failure = Optional.of(e);
                index.changed();
                if (e.code() == ErrorCode.LOG_INCOMPLETE || e.code() == ErrorCode.LOG_INCONSISTENT) {
                    LOG.warn("the page of {} ends: {}", log.key(), e.explanation());
                    return;
                }
                LOG.debug("the page of {} waits: {}", log.key(), e.explanation());
                pause();
            }
        }
    }

    private final class Sink implements PageLog.Sink {
        @Override
        public void take(long offset, int size, SpecificRecord decision) {
            index.apply(offset, size, decision);
            next = offset + 1;
        }

        @Override
        public void caughtUp() {
            failure = Optional.empty();
            index.caughtUp();
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    public PageLog log() {
        return log;
    }

    public JobIndex index() {
        return index;
    }

    /** Why the log cannot be read now; empty if it can. */
    public Optional<RondoException> failure() {
        return failure;
    }

    /** Somebody looks. */
    public void use() {
        usedAt = System.nanoTime();
    }

    long idleSeconds() {
        return (System.nanoTime() - usedAt) / 1_000_000_000L;
    }

    long usedAt() {
        return usedAt;
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(STOP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
