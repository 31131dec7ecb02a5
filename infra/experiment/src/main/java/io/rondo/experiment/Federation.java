package io.rondo.experiment;

import io.rondo.aggregator.round.UpdateWeight;
import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.runtime.FederatedJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rounds of one run, in one thread: what the trainers of a job and its aggregator do, without a log between them. The
 * sharing policy says what leaves a trainer, the job's strategy folds it, in the order of the trainers.
 */
final class Federation {
    private final FederatedJob job;
    private final List<LocalTrainer> trainers;
    private final AggregationStrategy strategy;
    private final UpdateWeight weight;
    private final Map<String, Tensor> initial;
    private final Map<String, Tensor> global = new HashMap<>();

    /** @param initial what round 0 publishes, by name */
    Federation(FederatedJob job, List<LocalTrainer> trainers, Map<String, Tensor> initial) {
        this.job = job;
        this.trainers = trainers;
        this.initial = initial;
        JobSpec spec = job.spec();
        this.strategy = Strategies.of(spec);
        this.weight = UpdateWeight.of(spec.getWeights());
        trainers.forEach(trainer -> trainer.load(List.copyOf(initial.values())));
        job.everShared().forEach(name -> global.put(name, initial.get(name)));
    }

    /** Trains and folds one round, and leaves the new global adapter at every trainer. Returns the mean loss. */
    double train(int round) {
        FlatLayout flat = job.flat(round);
        InMemoryRound fold = new InMemoryRound(strategy);
        double loss = 0;
        for (LocalTrainer trainer : trainers) {
            TrainingReport report = trainer.train(round, job.frozen(round));
            loss += report.metrics().get("loss") / trainers.size();
            fold.add(weight.of(report.numExamples()), flat.flatten(byName(trainer.parameters())));
        }
        if (flat.elements() > 0) {
            global.putAll(flat.split(fold.result()));
        }
        trainers.forEach(trainer -> trainer.load(List.copyOf(global.values())));
        return loss;
    }

    /** Each trainer with the global adapter and what is its own, without a step. */
    List<Map<String, Double>> evaluate() {
        return trainers.stream().map(LocalTrainer::evaluate).toList();
    }

    /**
     * A site that took no part: with what is shared alone, and after a round of its own. It starts as a late joiner does, from
     * what is shared and the initial values of all else.
     */
    RunResult.Visit visit(LocalTrainer visitor) {
        Map<String, Tensor> start = new HashMap<>(initial);
        start.putAll(global);
        visitor.load(List.copyOf(start.values()));
        Map<String, Double> before = visitor.evaluate();
        visitor.train(1, job.frozen(1));
        return new RunResult.Visit(before, visitor.evaluate());
    }

    /** The parameters of each trainer, by name. */
    List<Map<String, Tensor>> parameters() {
        List<Map<String, Tensor>> all = new ArrayList<>();
        trainers.forEach(trainer -> all.add(byName(trainer.parameters())));
        return all;
    }

    private static Map<String, Tensor> byName(List<Tensor> tensors) {
        return tensors.stream().collect(Collectors.toMap(Tensor::name, Function.identity()));
    }
}
