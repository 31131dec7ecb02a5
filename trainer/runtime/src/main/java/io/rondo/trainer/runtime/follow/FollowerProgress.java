package io.rondo.trainer.runtime.follow;

import java.util.OptionalInt;

/**
 * How far a trainer is.
 *
 * @param syncedRound round of the global adapter that this process has loaded, -1 for none
 * @param trainedRound the last round trained, 0 for none
 * @param pendingRound the round of the update that is saved and to be sent, or sent again
 */
public record FollowerProgress(int syncedRound, int trainedRound, OptionalInt pendingRound) {}
