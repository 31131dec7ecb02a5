package io.rondo.conformance;

import io.rondo.conformance.process.TrainerProgram;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.scenario.Scenario.Company;
import io.rondo.conformance.stage.Cluster;
import io.rondo.conformance.stage.Pace;
import io.rondo.conformance.stage.Scripts;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.Tasks;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Plays scenarios against one trainer, several at a time where that is asked for, and those that stop the cluster at the end and alone.
 *
 * @param cluster stays open
 * @param pace how long to wait
 * @param tasks what is trained
 * @param directory an empty one for states and outputs
 * @param atOnce how many scenarios are played at the same time
 */
public record ConformanceKit(Cluster cluster, Pace pace, Tasks tasks, Path directory, int atOnce) {

    /**
     * Plays them.
     *
     * @param heard told of each outcome as it comes, by any thread
     * @throws RondoException with {@code BAD_CONFIG} when the trainer's command cannot be started
     */
    public ConformanceReport play(TrainerProgram program, List<Scenario> scenarios, Consumer<Outcome> heard) {
        Scripts scripts = new Scripts();
        Judge judge = new Judge(cluster::slowestAnswer, pace.tolerated(), System.nanoTime());
        Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
        Consumer<Scenario> one = scenario -> {
            Outcome outcome = judge.judge(scenario, number -> play(program, scripts, scenario, number));
            outcomes.put(scenario.name(), outcome);
            heard.accept(outcome);
        };
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            List<Future<?>> started = new ArrayList<>();
            scenarios.stream()
                    .filter(scenario -> scenario.company() == Company.ANY)
                    .forEach(scenario -> started.add(threads.submit(() -> one.accept(scenario))));
            started.forEach(ConformanceKit::await);
        } finally {
            threads.shutdownNow();
        }
        scenarios.stream()
                .filter(scenario -> scenario.company() == Company.ALONE)
                .forEach(one);
        return new ConformanceReport(
                program.title(),
                scenarios.stream()
                        .map(scenario -> outcomes.get(scenario.name()))
                        .toList());
    }

    private void play(TrainerProgram program, Scripts scripts, Scenario scenario, int number) {
        boolean first = number == 1;
        // what several scenarios judge has gone wrong for all of them
        Scripts own = first ? scripts : new Scripts();
        Path home = directory.resolve(first ? scenario.name() : scenario.name() + "-" + number);
        try (Stage stage = new Stage(cluster, pace, tasks, program, own, home, scenario.name())) {
            scenario.script().accept(stage);
        }
    }

    private static void await(Future<?> started) {
        try {
            started.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a scenario failed", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
