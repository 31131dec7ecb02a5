package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.round.MeasurementPlan;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.aggregator.strategy.WeightedMean;
import io.rondo.log.DecisionHeader;
import io.rondo.log.JobSpec;
import io.rondo.log.Source;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FoldPlanTest {

    @Test
    void shouldMeasureNothingWhereNothingAsksForIt() {
        FoldPlan plan = plan(spec -> spec);

        assertThat(plan.measuring(1)).isEqualTo(MeasurementPlan.NONE);
        assertThat(plan.buildsOnTheBase()).isFalse();
        assertThat(plan.serverOptimizer()).isEmpty();
    }

    @Test
    void shouldMeasureNothingInRoundZeroWhoseUpdateHasNoBase() {
        FoldPlan plan = plan(spec -> spec.setClip(1));

        assertThat(plan.measuring(0)).isEqualTo(MeasurementPlan.NONE);
        assertThat(plan.measuring(1)).isEqualTo(MeasurementPlan.NORMS);
        assertThat(plan.buildsOnTheBase()).isTrue();
    }

    @Test
    void shouldSumTheOnlyUpdateOfRoundZeroWhateverSelects() {
        FoldPlan plan = plan(spec -> spec.setStrategy("krum"));

        assertThat(plan.summing(0)).isInstanceOf(WeightedMean.class);
        assertThat(plan.summing(1)).isNotInstanceOf(WeightedMean.class);
        assertThat(plan.summingMembers(1)).as("of those that were selected").isInstanceOf(WeightedMean.class);
        assertThat(plan.measuring(1)).isEqualTo(MeasurementPlan.PRODUCTS);
    }

    @Test
    void shouldBuildOnTheBaseWhereAServerOptimizerDoes() {
        FoldPlan plan = plan(spec -> spec.setServerOptimizer("fedadam"));

        assertThat(plan.measuring(1)).isEqualTo(MeasurementPlan.NONE);
        assertThat(plan.buildsOnTheBase()).isTrue();
    }

    @Test
    void shouldFindTheLargestRoundOfMethodsThatAlternate() {
        TestJob job = TestJob.create().with(spec -> spec.setMethod("rolora"));
        FoldPlan plan = plan(spec -> spec.setMethod("rolora"));

        assertThat(job.flat(1).elements()).isNotEqualTo(job.flat(2).elements());
        assertThat(plan.mostElements())
                .isEqualTo(Math.max(job.flat(1).elements(), job.flat(2).elements()));
    }

    private static FoldPlan plan(UnaryOperator<JobSpec.Builder> change) {
        DecisionHeader header = new DecisionHeader(0L, new Source("commands", 0L, null, -1L), 0L);
        return new FoldPlan(TestJob.create().with(change).started(header), Strategies::named);
    }
}
