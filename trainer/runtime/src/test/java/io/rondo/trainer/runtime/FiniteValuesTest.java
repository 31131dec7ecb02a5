package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.DType;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiniteValuesTest {

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void shouldRefuseWhatIsNotFinite(float value) {
        assertThatThrownBy(() -> FiniteValues.require(3, DType.F32, tensors(value)))
                .isInstanceOf(RondoException.class)
                .hasMessageContaining("round 3")
                .hasMessageContaining("q at index 1");
    }

    @Test
    void shouldRefuseWhatOverflowsWhenItIsRoundedToBf16() {
        float largest = Float.intBitsToFloat(0x7f7f_7fff);
        float overflowing = Float.intBitsToFloat(0x7f7f_8000);

        assertThatCode(() -> FiniteValues.require(1, DType.BF16, tensors(largest)))
                .doesNotThrowAnyException();
        assertThatCode(() -> FiniteValues.require(1, DType.F32, tensors(overflowing)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> FiniteValues.require(1, DType.BF16, tensors(-overflowing)))
                .isInstanceOf(RondoException.class);
    }

    private static List<Tensor> tensors(float value) {
        return List.of(new Tensor("q", new int[] {2}, new float[] {0, value}));
    }
}
