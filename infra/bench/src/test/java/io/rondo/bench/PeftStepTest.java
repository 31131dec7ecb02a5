package io.rondo.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeftStepTest {
    @Test
    void shouldAllowRounding() {
        assertThatCode(() -> apart(9e-5).requireSameGradient()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(doubles = {2e-4, Double.NaN})
    void shouldFailWhereTheGradientsDiffer(double difference) {
        assertThat(catchThrowableOfType(
                        RondoException.class, () -> apart(difference).requireSameGradient()))
                .returns(ErrorCode.NOT_CONFORMING, RondoException::code)
                .hasMessageContaining(Double.toString(difference));
    }

    private static PeftStep apart(double difference) {
        return new PeftStep(1, difference, 1, "2", "0");
    }
}
