package io.rondo.aggregator.simulation;

import io.rondo.log.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;

/** One schedule: who takes a turn when, and what goes wrong, all from one seed. */
final class Simulation {
    private static final int MAX_CALM_STEPS = 3_000;

    private final World world;
    private final List<Task> tasks = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();
    private final CoordinatorTask coordinator;
    private final SimulatedOperator operator;

    private Simulation(long seed, PlantedBug bug, Trace trace) {
        world = new World(seed, bug, trace);
        List<FoldTask> folds = IntStream.range(0, world.job.partitions())
                .mapToObj(partition -> new FoldTask(world, partition))
                .toList();
        coordinator = new CoordinatorTask(world, folds);
        tasks.add(coordinator);
        tasks.addAll(folds);
        actors.addAll(tasks);
        operator = new SimulatedOperator(world);
        actors.add(operator);
        world.job.trainers().forEach(name -> actors.add(new SimulatedTrainer(world, name)));
    }

    /**
     * Runs a schedule to its end and checks it.
     *
     * @throws RuntimeException when the aggregator stops at a broken invariant of its own
     * @throws AssertionError when one of {@link Invariants} does not hold
     */
    static Simulation run(long seed, PlantedBug bug, Trace trace) {
        Simulation simulation = new Simulation(seed, bug, trace);
        simulation.run();
        new Invariants(simulation.world).check();
        return simulation;
    }

    /** SHA-256 of all that stands in the logs. */
    Sha256 digest() {
        return world.topics.digest();
    }

    List<SpecificRecord> decisions() {
        return world.topics.decisions.get(0).entries().stream()
                .map(SimulatedLog.Entry::value)
                .toList();
    }

    private void run() {
        int faulty = world.dice.between(10, 200);
        for (int step = 0; step < faulty + MAX_CALM_STEPS; step++) {
            if (step == faulty) {
                calmDown();
            } else if (step == faulty + MAX_CALM_STEPS / 2 && world.job.mayGoOnForEver()) {
                operator.abort();
            }
            List<Actor> ready = ready();
            if (!ready.isEmpty()) {
                world.dice.pick(ready).step();
                killTheProcess();
                world.passTime(world.dice.between(0, 3));
            } else if (coordinator.jobIsOver()) {
                return;
            } else if (coordinator.deadline().isPresent()) {
                world.passTime(coordinator.deadline().getAsLong() + 1 - world.now());
            } else if (!world.dice.isCalm()) {
                calmDown();
            } else {
                throw new AssertionError("nobody has anything to do, and the job is not over");
            }
        }
        throw new AssertionError("the job does not end, though no fault has happened for " + MAX_CALM_STEPS + " steps");
    }

    private List<Actor> ready() {
        List<Actor> ready = new ArrayList<>();
        for (Actor actor : actors) {
            if (actor.isReady()) {
                ready.add(actor);
            }
        }
        return ready;
    }

    private void killTheProcess() {
        if (world.dice.faultOneIn(100)) {
            world.tell(() -> "the process is killed");
            tasks.forEach(Task::crash);
        }
    }

    private void calmDown() {
        world.tell(() -> "the faults stop");
        world.dice.calmDown();
    }
}
