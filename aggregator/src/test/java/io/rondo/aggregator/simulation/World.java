package io.rondo.aggregator.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What all who take turns in a simulation share. */
final class World {
    final Dice dice;
    final SimulatedJob job;
    final SimulatedTopics topics;
    final PlantedBug bug;
    /** The truth about every upload, by attempt. */
    final Map<String, Upload> uploads = new HashMap<>();

    /** Trainers that will come back whatever happens to them. */
    private int lasting;

    private final Trace trace;
    private long now = 1_000;

    World(long seed, PlantedBug bug, Trace trace) {
        this.dice = new Dice(seed);
        this.job = SimulatedJob.random(dice);
        this.lasting = job.trainers().size();
        this.topics = new SimulatedTopics(job.partitions());
        this.bug = bug;
        this.trace = trace;
    }

    /** The clock of everyone, milliseconds since 1970. */
    long now() {
        return now;
    }

    /** Whether a trainer may go for good: one stays. */
    boolean letGo() {
        return lasting > 1 && lasting-- > 0;
    }

    void passTime(long milliseconds) {
        now += milliseconds;
    }

    /** Writes down what a step did; the text is made only where somebody reads it. */
    void tell(Supplier<String> what) {
        trace.add(now, what);
    }
}
