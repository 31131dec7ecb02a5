package io.rondo.aggregator.simulation;

/** A part of an aggregator process. */
interface Task extends Actor {

    /** Loses its memory and what it has not committed; its next step starts it again. */
    void crash();
}
