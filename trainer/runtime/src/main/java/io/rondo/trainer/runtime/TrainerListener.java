package io.rondo.trainer.runtime;

import io.rondo.trainer.api.TrainingReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Notified of a trainer service's actions, on the service's thread. All arguments are numbers, texts or maps of those, so
 * that they can be printed as JSON.
 */
public interface TrainerListener {

    /** The job has not been submitted yet. */
    default void waitingForJob(String job) {}

    /**
     * Consecutive processes of this trainer have failed, so this one waits before it joins.
     *
     * @param failures how many
     */
    default void pausing(int failures, Duration pause) {}

    /**
     * The trainer has joined.
     *
     * @param lastSyncRound the global adapter's round in its saved state, -1 for a new trainer
     */
    default void joined(String trainer, String incarnation, int lastSyncRound) {}

    /**
     * What the job takes from this site; called before the trainer joins.
     *
     * @param what a text such as {@code 36,864 values of 12 tensors (lora-a) each round}
     */
    default void leaving(String what) {}

    /** The global adapter of a round is loaded. */
    default void adapterLoaded(int round) {}

    /** The global adapter of a round is evaluated, and the metrics are sent. */
    default void evaluated(int round, Map<String, Double> metrics) {}

    /** A round is trained; its update is not saved yet. */
    default void trained(int round, TrainingReport report) {}

    /**
     * An update is sent again, under a new attempt: one from an earlier process, or one whose reason for refusal no longer
     * applies.
     */
    default void resuming(int round) {}

    /**
     * An update is in the log.
     *
     * @param bytes bytes of all its records, as sent
     */
    default void uploaded(int round, long bytes, long millis) {}

    /** A trained update was not sent because its round was already over. */
    default void tooLate(int round) {}

    /**
     * The aggregator refused an update of this process.
     *
     * @param reason the reason's id on the wire
     */
    default void rejected(int round, String reason, String detail) {}

    /**
     * The open round is extended beyond its deadline because of too few updates.
     *
     * @param updates how many count so far
     * @param waitsFor the trainers whose updates would end the wait
     * @param more the length of the extension
     */
    default void waiting(int round, int updates, List<String> waitsFor, Duration more) {}

    /** A newer process of the same trainer has taken its place; the service stops. */
    default void fenced(String trainer) {}

    /** The job is finished, and its last round is evaluated. */
    default void finished(int rounds) {}
}
