package io.rondo.schemas.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlausibleValuesTest {

    @ParameterizedTest
    @ValueSource(floats = {0, -0f, 1, -65_536, 65_536, Float.MIN_VALUE})
    void shouldAllowWhatTrainingReaches(float value) {
        assertThat(PlausibleValues.are(new float[] {1, value, -1})).isTrue();
        assertThat(PlausibleValues.firstOther(new float[] {1, value})).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            floats = {65_536.01f, -65_537, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY
            })
    void shouldNotAllowWhatItDoesNot(float value) {
        assertThat(PlausibleValues.are(new float[] {1, value, -1})).isFalse();
        assertThat(PlausibleValues.firstOther(new float[] {1, value})).isEqualTo(1);
    }

    @Test
    void shouldAgreeWithThePlainRuleOnAnyBits() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 100_000; i++) {
            float[] value = {Float.intBitsToFloat(random.nextInt())};
            assertThat(PlausibleValues.are(value)).isEqualTo(PlausibleValues.firstOther(value) == 1);
            assertThat(PlausibleValues.areUpTo(value, Float.MAX_VALUE)).isEqualTo(Float.isFinite(value[0]));
            assertThat(PlausibleValues.firstBeyond(value, Float.MAX_VALUE)).isEqualTo(Float.isFinite(value[0]) ? 1 : 0);
        }
    }
}
