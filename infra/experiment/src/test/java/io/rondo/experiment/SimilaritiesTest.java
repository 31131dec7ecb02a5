package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rondo.schemas.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimilaritiesTest {

    @Test
    void shouldCompareFactorsProductsAndWhatTrainingMoved() {
        Map<String, Tensor> start = site(new float[] {3, 4}, new float[] {0, 0});
        Map<String, Tensor> one = site(new float[] {4, 4}, new float[] {1, 0});
        Map<String, Tensor> other = site(new float[] {3, 5}, new float[] {1, 1});

        List<RunResult.Similarity> similarities = Similarities.of(List.of(one, other), List.of(start, start));

        assertThat(value(similarities, "A")).isCloseTo(32 / Math.sqrt(32 * 34), within(1e-9));
        assertThat(value(similarities, "A-A0")).isZero();
        assertThat(value(similarities, "B")).isCloseTo(1 / Math.sqrt(2), within(1e-9));
        // BA of the one is (4, 4; 0, 0), of the other (3, 5; 3, 5)
        assertThat(value(similarities, "BA")).isCloseTo(32 / Math.sqrt(32 * 68), within(1e-9));
        assertThat(value(similarities, "|A-A0|/|A0|")).isCloseTo(0.2, within(1e-9));
        assertThat(value(similarities, "cos(A,A0)"))
                .isCloseTo((28 / Math.sqrt(32 * 25) + 29 / Math.sqrt(34 * 25)) / 2, within(1e-9));
        assertThat(similarities)
                .extracting(RunResult.Similarity::module)
                .containsOnly("encoder.layer.0.attention.self.query");
    }

    private static double value(List<RunResult.Similarity> similarities, String quantity) {
        return similarities.stream()
                .filter(similarity -> similarity.quantity().equals(quantity))
                .findFirst()
                .orElseThrow()
                .cosine();
    }

    private static Map<String, Tensor> site(float[] a, float[] b) {
        return Map.of(
                FakeEngine.A.name(),
                new Tensor(FakeEngine.A.name(), FakeEngine.A.shape(), a),
                FakeEngine.B.name(),
                new Tensor(FakeEngine.B.name(), FakeEngine.B.shape(), b));
    }
}
