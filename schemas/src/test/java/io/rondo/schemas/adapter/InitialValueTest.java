package io.rondo.schemas.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitialValueTest {
    @Test
    void shouldDrawADownProjectionAsTheGeneratorDoes() {
        TensorShape shape = new TensorShape("a", TensorRole.LORA_A, 8, 384);

        assertThat(InitialValue.of(3, shape)).isEqualTo(Generator.loraA(3, shape));
    }

    @ParameterizedTest
    @CsvSource({"LORA_B, 0", "VERA_LAMBDA_D, 0.1", "VERA_LAMBDA_B, 0"})
    void shouldFillWhatIsNotDrawn(TensorRole role, float value) {
        assertThat(InitialValue.of(3, new TensorShape("x", role, 5)).values()).containsOnly(value);
    }

    @Test
    void shouldDrawTheWeightsOfAHeadAndLeaveItsBiasesAtZero() {
        float[] weights = InitialValue.of(3, new TensorShape("w", TensorRole.HEAD, 4, 100))
                .values();

        assertThat(weights).hasSize(400).isNotEqualTo(new float[400]);
        for (float weight : weights) {
            assertThat(weight).isBetween(-0.1f, 0.1f);
        }
        assertThat(InitialValue.of(3, new TensorShape("b", TensorRole.HEAD, 4)).values())
                .containsOnly(0f);
    }
}
