package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.MeasurementPlan;
import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.RunningStrategy;
import io.rondo.aggregator.strategy.SelectingStrategy;
import io.rondo.aggregator.strategy.ServerOptimizer;
import io.rondo.aggregator.strategy.ServerOptimizers;
import io.rondo.aggregator.strategy.StrategySettings;
import io.rondo.aggregator.strategy.WeightedMean;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RoundLayouts;
import java.util.Optional;
import java.util.function.Function;

/** How a job's rounds are folded, derived from its submission: fixed from its start on. Round 0 has one update and no base. */
final class FoldPlan {
    private final JobSpec spec;
    private final RoundLayouts layouts;
    private final AggregationStrategy strategy;
    private final Optional<ServerOptimizer> serverOptimizer;

    /** @param strategies finds the strategy that the job names */
    FoldPlan(JobStarted job, Function<String, AggregationStrategy> strategies) {
        spec = job.getSpec();
        layouts = RoundLayouts.of(AdapterLayout.fromAvro(job.getLayout()), spec);
        strategy = strategies.apply(spec.getStrategy()).configured(StrategySettings.of(spec));
        serverOptimizer = ServerOptimizers.of(spec);
    }

    JobSpec spec() {
        return spec;
    }

    FlatLayout layout(int round) {
        return layouts.of(round);
    }

    /** Elements of the largest round. */
    long mostElements() {
        // methods that alternate between factors do so from one round to the next
        return Math.max(layout(1).elements(), layout(2).elements());
    }

    Optional<ServerOptimizer> serverOptimizer() {
        return serverOptimizer;
    }

    /** The measurements before the round is folded. */
    MeasurementPlan measuring(int round) {
        return round == 0 ? MeasurementPlan.NONE : MeasurementPlan.of(spec, strategy);
    }

    /** Whether later rounds need a published adapter. */
    boolean buildsOnTheBase() {
        return serverOptimizer.isPresent() || MeasurementPlan.of(spec, strategy) != MeasurementPlan.NONE;
    }

    /** The strategy that sums updates as they arrive; a selecting strategy sums only the selected ones. */
    AggregationStrategy summing(int round) {
        return round == 0 && strategy instanceof SelectingStrategy ? new WeightedMean() : strategy;
    }

    /** The strategy that sums members once their weights are decided. */
    AggregationStrategy summingMembers(int round) {
        return summing(round) instanceof RunningStrategy running ? running : new WeightedMean();
    }
}
