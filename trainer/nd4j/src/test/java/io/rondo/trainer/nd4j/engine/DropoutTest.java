package io.rondo.trainer.nd4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
    private static final int WIDTH = 1000;

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.5, 0.9})
    void shouldDropItsShareAndScaleTheRest(double probability) {
        Dropout dropout = new Dropout(probability, 3);

        int dropped = 0;
        for (int token = 0; token < 100; token++) {
            for (float value : mask(dropout, 0, TargetModule.QUERY, 0, token)) {
                dropped += value == 0 ? 1 : 0;
                assertThat(value == 0 || Math.abs(value - 1 / (1 - probability)) < 1e-5)
                        .isTrue();
            }
        }

        // ten standard deviations of a hundred thousand draws
        double deviation = Math.sqrt(probability * (1 - probability) / 100_000);
        assertThat(dropped / 100_000.0).isCloseTo(probability, within(10 * deviation));
    }

    @Test
    void shouldDropElsewhereInEveryPlaceAndStep() {
        Dropout dropout = new Dropout(0.5, 3);

        assertThat(Stream.of(
                                mask(dropout, 0, TargetModule.QUERY, 0, 0),
                                mask(dropout, 1, TargetModule.QUERY, 0, 0),
                                mask(dropout, 0, TargetModule.VALUE, 0, 0),
                                mask(dropout, 0, TargetModule.QUERY, 1, 0),
                                mask(dropout, 0, TargetModule.QUERY, 0, 1),
                                mask(new Dropout(0.5, 4), 0, TargetModule.QUERY, 0, 0))
                        .map(Arrays::toString))
                .doesNotHaveDuplicates();
        assertThat(mask(new Dropout(0.5, 3), 0, TargetModule.QUERY, 0, 0))
                .isEqualTo(mask(dropout, 0, TargetModule.QUERY, 0, 0));
    }

    private static float[] mask(Dropout dropout, int layer, TargetModule module, int example, int token) {
        float[] row = new float[WIDTH];
        Arrays.fill(row, 1);
        dropout.apply(layer, module, example, token, row, WIDTH);
        return row;
    }
}
