package io.rondo.trainer.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadOrderTest {
    @ParameterizedTest
    @CsvSource({
        "no+maybe+yes, yes+no+maybe, 2+0+1",
        "NO+Yes, yes+no, 1+0",
        "no+yes, 1+0, 1+0",
        "LABEL_0+LABEL_1, no+yes, 0+1",
        "LABEL_0+LABEL_1, LABEL_1+LABEL_0, 1+0",
        "LABEL_0+LABEL_1, 1+0, 1+0",
        "1+0, 0+1, 1+0",
        "'', no+yes, 0+1",
        "A+a, a+A, 1+0"
    })
    void shouldMatchOutputsToLabels(String names, String labels, String outputs) {
        HeadOrder order = HeadOrder.of(split(names), split(labels)).orElseThrow();
        Tensor bias = bias(split(labels).size());

        List<Tensor> ordered = order.headToLabels(List.of(bias));

        assertThat(ordered.get(0).values()).containsExactly(floats(outputs));
        assertThat(order.headToOutputs(ordered)).containsExactly(bias);
    }

    @ParameterizedTest
    @CsvSource({"no+yes, ham+spam", "no+yes, no+maybe+yes", "no+no, no+yes", "LABEL_1+LABEL_0, ham+spam"})
    void shouldNotMatchOtherClasses(String names, String labels) {
        assertThat(HeadOrder.of(split(names), split(labels))).isEmpty();
    }

    @Test
    void shouldReorderTheLastLayerAlone() {
        HeadOrder order = HeadOrder.of(List.of("b", "a"), List.of("a", "b")).orElseThrow();
        Tensor dense = new Tensor("dense.weight", new int[] {2, 2}, new float[] {1, 2, 3, 4});
        Tensor weight = new Tensor("out.weight", new int[] {2, 2}, new float[] {5, 6, 7, 8});
        Tensor bias = bias(2);

        assertThat(order.headToLabels(List.of(dense, weight, bias)))
                .containsExactly(
                        dense,
                        new Tensor("out.weight", new int[] {2, 2}, new float[] {7, 8, 5, 6}),
                        new Tensor("bias", new int[] {2}, new float[] {1, 0}));
        assertThat(order.toOutputs(List.of("a", "b"))).containsExactly("b", "a");
    }

    private static Tensor bias(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i;
        }
        return new Tensor("bias", new int[] {size}, values);
    }

    private static List<String> split(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("\\+"));
    }

    private static float[] floats(String text) {
        int[] numbers =
                Arrays.stream(text.split("\\+")).mapToInt(Integer::parseInt).toArray();
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers[i];
        }
        return floats;
    }
}
