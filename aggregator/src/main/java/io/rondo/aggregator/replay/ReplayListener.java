package io.rondo.aggregator.replay;

import io.rondo.schemas.adapter.FlatLayout;

/** Notified of each completed round of a replay. */
public interface ReplayListener {

    /**
     * A round is completed.
     *
     * @param flat names and shapes of its tensors
     * @param adapter its adapter under the changed rules
     */
    void done(ReplayedRound round, FlatLayout flat, float[] adapter);
}
