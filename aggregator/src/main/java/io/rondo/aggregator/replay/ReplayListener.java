package io.rondo.aggregator.replay;

import io.rondo.schemas.adapter.FlatLayout;

/** Sees the rounds of a replay as they are done. */
public interface ReplayListener {

    /**
     * A round is done.
     *
     * @param flat names and shapes of its tensors
     * @param adapter its adapter under the changed rules
     */
    void done(ReplayedRound round, FlatLayout flat, float[] adapter);
}
