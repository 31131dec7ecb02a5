package io.rondo.aggregator.simulation;

import java.util.List;
import java.util.function.Supplier;

/** What happened in a simulation, for people. */
interface Trace {
    Trace NONE = (now, what) -> {};

    void add(long now, Supplier<String> what);

    static Trace to(List<String> lines) {
        return (now, what) -> lines.add("@" + now + " " + what.get());
    }
}
