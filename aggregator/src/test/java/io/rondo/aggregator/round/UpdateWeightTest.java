package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.JobSpec;
import io.rondo.log.UpdateManifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateWeightTest {
    private final TestJob job = TestJob.create();

    @ParameterizedTest
    @CsvSource({"examples,4,1,1", "examples,4,160,160", "examples,4,161,160", "examples,4,1099511627776,160"})
    @CsvSource({"examples,3,1099511627776,1099511627776", "uniform,4,1099511627776,1", "uniform,4,1,1"})
    void shouldCountNoMoreExamplesThanTheStepsCanUse(String weights, int rules, long examples, double expected) {
        assertThat(UpdateWeight.of(manifest(examples), spec(weights, rules))).isEqualTo(expected);
    }

    /** The steps may be many: their product does not overflow. */
    @Test
    void shouldCountAllExamplesOfManySteps() {
        JobSpec spec = JobSpec.newBuilder(spec("examples", RulesVersion.NEWEST))
                .setLocalSteps(1_000_000)
                .setBatchSize(65_536)
                .build();

        assertThat(UpdateWeight.of(manifest(1L << 32), spec)).isEqualTo(0x1p32);
    }

    private JobSpec spec(String weights, int rules) {
        return JobSpec.newBuilder(job.spec())
                .setWeights(weights)
                .setRules(rules)
                .setLocalSteps(10)
                .setBatchSize(16)
                .build();
    }

    private UpdateManifest manifest(long examples) {
        return UpdateManifest.newBuilder(job.manifest("a", "i-a", 1, job.chunks("a", "x", 1, job.values("a", 1)), 0))
                .setNumExamples(examples)
                .build();
    }
}
