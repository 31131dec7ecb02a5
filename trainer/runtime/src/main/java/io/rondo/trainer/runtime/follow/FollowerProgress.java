package io.rondo.trainer.runtime.follow;

import java.util.OptionalInt;

/**
 * A trainer's progress.
 *
 * @param syncedRound round of the global adapter that this process has loaded, -1 for none
 * @param trainedRound the last round trained, 0 for none
 * @param pendingRound the round of the saved update that is still to be sent, possibly again
 */
public record FollowerProgress(int syncedRound, int trainedRound, OptionalInt pendingRound) {}
