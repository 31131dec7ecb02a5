package io.rondo.trainer.runtime;

import io.rondo.trainer.api.TrainingReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Hears what a trainer service does, on the service's thread. Everything passed is a number, a text or a map of those, so
 * that it can be printed as JSON as it is.
 */
public interface TrainerListener {

    /** No job of this name is in the log yet. */
    default void waitingForJob(String job) {}

    /**
     * Processes of this trainer have failed in a row, and this one waits before it joins.
     *
     * @param failures how many
     */
    default void pausing(int failures, Duration pause) {}

    /**
     * The trainer has joined.
     *
     * @param lastSyncRound round of the global adapter in its saved state, -1 for a new trainer
     */
    default void joined(String trainer, String incarnation, int lastSyncRound) {}

    /**
     * What the job takes from this site; told before the trainer joins.
     *
     * @param what in words, such as {@code 36,864 values of 12 tensors (lora-a) each round}
     */
    default void leaving(String what) {}

    /** The global adapter of a round is loaded. */
    default void adapterLoaded(int round) {}

    /** The global adapter of a round is evaluated, and the metrics are sent. */
    default void evaluated(int round, Map<String, Double> metrics) {}

    /** A round is trained; its update is not saved yet. */
    default void trained(int round, TrainingReport report) {}

    /** An update is sent again, under a new attempt: that of an earlier process, or one that was refused for a reason that is gone. */
    default void resuming(int round) {}

    /**
     * An update is in the log.
     *
     * @param bytes bytes of all its records, as sent
     */
    default void uploaded(int round, long bytes, long millis) {}

    /** A trained update was not sent, because its round was over before. */
    default void tooLate(int round) {}

    /**
     * The aggregator refused an update of this process.
     *
     * @param reason a reason code of the wire contract
     */
    default void rejected(int round, String reason, String detail) {}

    /**
     * The open round continues beyond its deadline, since too few updates came.
     *
     * @param updates how many count so far
     * @param waitsFor the trainers whose updates would end the wait
     * @param more how long it waits now
     */
    default void waiting(int round, int updates, List<String> waitsFor, Duration more) {}

    /** A newer process of the same trainer has taken its place; the service stops. */
    default void fenced(String trainer) {}

    /** The job is finished, and its last round is evaluated. */
    default void finished(int rounds) {}
}
