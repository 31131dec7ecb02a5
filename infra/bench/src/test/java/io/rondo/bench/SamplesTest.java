package io.rondo.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplesTest {
    @Test
    void shouldTakeTheMiddleAsMedianWhateverTheOrder() {
        assertThat(new Samples(List.of(9.0, 1.0, 4.0)).median()).isEqualTo(4);
        assertThat(new Samples(List.of(9.0, 1.0, 4.0, 2.0)).median()).isEqualTo(3);
        assertThat(new Samples(List.of(7.0)).median()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({"50, 10", "99, 20", "95, 19", "100, 20", "0.1, 1"})
    void shouldGiveTheNearestRankAsPercentile(double percent, double expected) {
        List<Double> values =
                IntStream.rangeClosed(1, 20).mapToObj(value -> 21.0 - value).toList();

        assertThat(new Samples(values).percentile(percent)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 101, Double.NaN})
    void shouldRefuseAPercentileThatCannotBe(double percent) {
        Samples samples = new Samples(List.of(1.0));

        assertThatThrownBy(() -> samples.percentile(percent)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseNoSamples() {
        assertThatThrownBy(() -> new Samples(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
