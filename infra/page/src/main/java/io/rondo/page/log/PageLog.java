package io.rondo.page.log;

import io.rondo.aggregator.log.JobLog;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;

/** One log that the page can show: of a job or of a branch of it. Safe for any thread. */
public interface PageLog {

    /** Takes decisions as they come. */
    interface Sink {
        /**
         * The next decision.
         *
         * @param offset its offset in partition 0 of decisions
         * @param size bytes of its record
         */
        void take(long offset, int size, SpecificRecord decision);

        /** All that the log held at the start has been given. */
        void caughtUp();
    }

    /** How the page names it: {@code JOB}, or {@code JOB:BRANCH}. */
    String key();

    /**
     * Gives the decisions from an offset on, and continues with those that come, on the caller's thread. Returns when it is to stop, and at the end of
     * a log that does not grow.
     *
     * @throws io.rondo.schemas.error.RondoException when the log cannot be read
     */
    void follow(long from, Sink sink, BooleanSupplier stopped);

    /** The records; the caller closes them. */
    JobLog open();
}
