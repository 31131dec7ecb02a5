package io.rondo.bench.model;

import io.rondo.log.RoundClosed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;

/**
 * What Rondo's own code costs, and how large its records are, for any number of trainers: from a round of few trainers, one of
 * many, and one of few with updates of the size in question.
 */
final class OwnCosts {
    private static final int FEW = 10;
    private static final int MANY = 1_000;
    private static final double SMALL_MB = 0.004;

    private final RoundCosts few;
    private final RoundCosts many;
    private final RoundCosts sized;

    private OwnCosts(RoundCosts few, RoundCosts many, RoundCosts sized) {
        this.few = few;
        this.many = many;
        this.sized = sized;
    }

    /** Measures in this process, some seconds of processor time. */
    static OwnCosts measure(double megabytes, int partitions) {
        // the code is warm for the rounds that count
        DrivenRounds.measure(MANY, SMALL_MB, partitions, 3);
        return new OwnCosts(
                DrivenRounds.measure(FEW, SMALL_MB, partitions, 20),
                DrivenRounds.measure(MANY, SMALL_MB, partitions, 5),
                DrivenRounds.measure(FEW, megabytes, partitions, 5));
    }

    double coordinatorSecondsOfUpdate() {
        return Math.max(0, (many.coordinatorSeconds() - few.coordinatorSeconds()) / (MANY - FEW));
    }

    double foldSecondsOfUpdate() {
        return Math.max(
                0, (many.foldSeconds() - few.foldSeconds()) / (MANY - FEW) - SMALL_MB * foldSecondsOfMegabyte());
    }

    double foldSecondsOfMegabyte() {
        return Math.max(0, (sized.foldSeconds() - few.foldSeconds()) / (FEW * (sized.megabytes() - few.megabytes())));
    }

    double replaySeconds() {
        return many.replaySeconds();
    }

    /** Processor time of coordinator and folds for a round. */
    double seconds(double trainers, double megabytes) {
        return trainers * (coordinatorSecondsOfUpdate() + foldSecondsOfUpdate() + megabytes * foldSecondsOfMegabyte());
    }

    double manifestBytes() {
        return sized.bytesOf(UpdateManifest.class);
    }

    double acceptedBytes() {
        return sized.bytesOf(UpdateAccepted.class);
    }

    double openedBytes(double trainers) {
        return linear(RoundOpened.class, trainers);
    }

    double closedBytes(double trainers) {
        return linear(RoundClosed.class, trainers);
    }

    /** The publication: its members, and the digests of the chunks. */
    double publishedBytes(double trainers) {
        return linear(RoundPublished.class, trainers)
                + sized.bytesOf(RoundPublished.class)
                - few.bytesOf(RoundPublished.class);
    }

    private double linear(Class<?> type, double trainers) {
        double each = (many.bytesOf(type) - few.bytesOf(type)) / (MANY - FEW);
        return few.bytesOf(type) + (trainers - FEW) * each;
    }
}
