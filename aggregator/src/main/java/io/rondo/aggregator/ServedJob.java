package io.rondo.aggregator;

import io.rondo.aggregator.fold.FoldMemory;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.text.LogKeys;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of many jobs of a process, on its own thread: starts its application, and restarts it after a pause whenever it fails.
 * The thread that manages the jobs calls {@link #look} from time to time.
 */
final class ServedJob {
    private static final Logger LOG = LoggerFactory.getLogger(ServedJob.class);
    /** After this time a start no longer delays others. */
    private static final long STARTING_NS = TimeUnit.SECONDS.toNanos(15);

    private final String job;
    private final JobsSettings settings;
    private final AggregatorListener listener;
    private final FoldMemory memory;
    private final Thread thread;
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final long since = System.nanoTime();
    private long overSince;
    private long runningSince;
    private volatile AggregatorService current;
    private volatile State state = State.SERVED;

    /** The state of the job. */
    enum State {
        /** Its application runs, is about to start, or waits for its next start. */
        SERVED,
        /** No further round opens. */
        OVER,
        /** Another process with this one's instance id serves it. */
        TAKEN_OVER,
        /** It was stopped. */
        STOPPED
    }

    ServedJob(String job, JobsSettings settings, AggregatorListener listener, FoldMemory memory) {
        this.job = job;
        this.settings = settings;
        this.listener = listener;
        this.memory = memory;
        this.thread = new Thread(this::run, "job " + job);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    State state() {
        return state;
    }

    boolean hasEnded() {
        return !thread.isAlive() && state != State.SERVED;
    }

    /** Whether it is starting for the first time, so that others should wait. */
    boolean isStarting() {
        AggregatorService service = current;
        return state == State.SERVED
                && System.nanoTime() - since < STARTING_NS
                && (service == null || !service.isRunning());
    }

    /** Ends the application of a job that is over: all decisions are committed, and answers have been sent. */
    synchronized void look() {
        long now = System.nanoTime();
        if (current == null) {
            return;
        }
        if (runningSince == 0 && current.isRunning()) {
            runningSince = now;
        }
        if (overSince == 0 && current.isOver()) {
            overSince = now;
        }
        if (overSince != 0 && now - overSince >= settings.linger().toNanos()) {
            current.stop();
        }
    }

    private void run() {
        LogKeys.ofJob(job).run(this::serve);
    }

    private void serve() {
        Duration pause = settings.firstPause();
        while (true) {
            try {
                if (!begin()) {
                    return;
                }
                current.run();
                end(stopRequested.getCount() == 0 ? State.STOPPED : State.OVER);
                return;
            } catch (RuntimeException e) {
                if (stopRequested.getCount() == 0) {
                    LOG.warn("job {} ended with a failure while it was stopped: {}", job, known(e).explanation());
                    end(State.STOPPED);
                    return;
                }
                if (e instanceof RondoException fenced && fenced.code() == ErrorCode.INSTANCE_FENCED) {
                    LOG.error("job {} is left to another process: {}", job, fenced.explanation());
                    state = State.TAKEN_OVER;
                    listener.takenOver(job);
                    return;
                }
                if (hasRunLong()) {
                    pause = settings.firstPause();
                }
                report(known(e), pause);
                if (stopsWithin(pause)) {
                    end(State.STOPPED);
                    return;
                }
                pause = settings.pauseAfter(pause);
            }
        }
    }

    /** Creates the next application; false when it must not run any more. */
    private synchronized boolean begin() {
        if (stopRequested.getCount() == 0) {
            state = State.STOPPED;
            return false;
        }
        current = AggregatorService.among(settings.of(job), listener, memory);
        runningSince = 0;
        overSince = 0;
        return true;
    }

    private synchronized boolean hasRunLong() {
        return runningSince != 0
                && System.nanoTime() - runningSince >= settings.longestPause().toNanos();
    }

    private void report(RondoException failure, Duration pause) {
        LOG.error(
                "job {} failed and restarts in {} s; the other jobs continue: {}",
                job,
                pause.toSeconds(),
                failure.explanation());
        listener.failed(job, failure, pause);
    }

    private RondoException known(RuntimeException failure) {
        if (failure instanceof RondoException known) {
            return known;
        }
        LOG.error("job {} met a fault of the program", job, failure);
        return new RondoException(
                ErrorCode.JOB_FAILED,
                "the application of job " + job + " ended: " + failure,
                "report this with the log file; nothing is lost",
                failure);
    }

    private void end(State how) {
        if (how == State.OVER) {
            LOG.info("job {} is over and is not served any more", job);
        }
        state = how;
        listener.left(job);
    }

    private boolean stopsWithin(Duration pause) {
        try {
            return stopRequested.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends the application once its open transaction is complete. */
    synchronized void stop() {
        stopRequested.countDown();
        if (current != null) {
            current.stop();
        }
    }

    void awaitEnd() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
