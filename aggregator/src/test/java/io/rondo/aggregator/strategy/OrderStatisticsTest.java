package io.rondo.aggregator.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OrderStatisticsTest {

    @Test
    void shouldTakeTheMiddleOfAnOddNumberAndTheMeanOfTheMiddleOfAnEvenOne() {
        CoordinateMedian median = new CoordinateMedian();

        assertThat(median.of(new float[] {7})).isEqualTo(7);
        assertThat(median.of(new float[] {-1, 2, 1e30f})).isEqualTo(2);
        assertThat(median.of(new float[] {-1, 2, 3, 1e30f})).isEqualTo(2.5f);
    }

    @Test
    void shouldNotOverflowBetweenTheTwoInTheMiddle() {
        assertThat(new CoordinateMedian().of(new float[] {Float.MAX_VALUE, Float.MAX_VALUE}))
                .isEqualTo(Float.MAX_VALUE);
        assertThat(new TrimmedMean().of(new float[] {Float.MAX_VALUE, Float.MAX_VALUE}))
                .isEqualTo(Float.MAX_VALUE);
    }

    @Test
    void shouldTrimAFifthAtEitherEndAndAtLeastOneOfThree() {
        TrimmedMean mean = new TrimmedMean();

        assertThat(mean.of(new float[] {1, 2})).isEqualTo(1.5f);
        assertThat(mean.of(new float[] {-9, 2, 1e30f})).isEqualTo(2);
        assertThat(mean.of(new float[] {-9, 1, 2, 3, 1e30f})).isEqualTo(2);
        assertThat(mean.of(new float[] {-9, -9, 1, 2, 3, 4, 5, 6, 1e30f, 1e30f}))
                .isEqualTo(3.5f);
    }

    @Test
    void shouldFindEveryStrategyByItsName() {
        assertThat(Strategies.names())
                .containsExactly("weighted-mean", "coordinate-median", "trimmed-mean", "krum", "multi-krum");
        assertThat(Strategies.named("trimmed-mean")).isInstanceOf(TrimmedMean.class);
        assertThatThrownBy(() -> Strategies.named("mode"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'mode'")
                .hasMessageContaining("coordinate-median");
    }
}
