package io.rondo.aggregator.simulation;

/** Someone who takes turns. */
interface Actor {

    /** Whether there is something to do now. */
    boolean isReady();

    /** Does one thing. */
    void step();
}
