package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairedDifferenceTest {
    @Test
    void shouldGiveTheIntervalOfStudentsT() {
        // differences 1 to 5: mean 3, standard error 0.7071; t.interval(0.95, 4) of SciPy is 3 ± 1.9632
        PairedDifference difference = PairedDifference.of(new double[] {2, 4, 6, 8, 10}, new double[] {1, 2, 3, 4, 5});

        assertThat(difference.mean()).isEqualTo(3);
        assertThat(difference.halfWidth()).isCloseTo(1.9632, within(3e-4));
        assertThat(difference).hasToString("+3.000 [+1.037, +4.963]");
    }

    @Test
    void shouldGiveNoIntervalOfASingleSeed() {
        assertThat(PairedDifference.of(new double[] {0.5}, new double[] {0.75})).hasToString("-0.250");
    }

    @Test
    void shouldUseTheLastQuantileForMoreSeedsThanTheTableHas() {
        double[] one = new double[50];
        one[0] = 1;

        // the deviation of one 1 among 50 values is the square root of 1 / 50
        assertThat(PairedDifference.of(one, new double[50]).halfWidth()).isCloseTo(2.042 / 50, within(1e-9));
    }

    @Test
    void shouldRefuseWhatIsNoPair() {
        assertThatIllegalArgumentException().isThrownBy(() -> PairedDifference.of(new double[2], new double[3]));
    }
}
