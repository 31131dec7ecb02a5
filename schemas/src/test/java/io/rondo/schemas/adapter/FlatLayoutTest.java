package io.rondo.schemas.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlatLayoutTest {
    private static final SharingPolicy FEDSA = new SharingPolicy(Method.FEDSA, HeadPolicy.LOCAL);

    @Test
    void shouldCutTheVectorIntoChunksOverPartitions() {
        FlatLayout flat = FlatLayout.of(Layouts.small(), FEDSA, 1, 5, 3);

        assertThat(flat.elements()).isEqualTo(24);
        assertThat(flat.chunks()).isEqualTo(5);
        assertThat(flat.chunk(4)).isEqualTo(new FlatLayout.Chunk(4, 20, 4));
        assertThat(flat.partitionOf(4)).isEqualTo(1);
        assertThat(flat.chunksOf(1)).containsExactly(flat.chunk(1), flat.chunk(4));
        assertThat(flat.chunksOf(2)).containsExactly(flat.chunk(2));
        assertThatThrownBy(() -> flat.chunk(5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldRefuseMoreChunksThanAManifestCanName() {
        AdapterLayout huge = new AdapterLayout(List.of(new TensorShape("a", TensorRole.LORA_A, 1_000, 200_000)));

        assertThatThrownBy(() -> FlatLayout.of(huge, FEDSA, 1, 1, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("200000000 chunks");
        assertThat(FlatLayout.of(huge, FEDSA, 1, 2_000, 4).chunks()).isEqualTo(100_000);
    }

    @Test
    void shouldGiveEveryElementToExactlyOneChunk() {
        Random random = new Random(1);
        for (int trial = 0; trial < 200; trial++) {
            int partitions = 1 + random.nextInt(6);
            FlatLayout flat = FlatLayout.of(Layouts.small(), FEDSA, 1, 1 + random.nextInt(30), partitions);

            int[] seen = new int[flat.elements()];
            for (int partition = 0; partition < partitions; partition++) {
                for (FlatLayout.Chunk chunk : flat.chunksOf(partition)) {
                    IntStream.range(chunk.position(), chunk.position() + chunk.count())
                            .forEach(i -> seen[i]++);
                }
            }

            assertThat(seen).containsOnly(1);
        }
    }

    @Test
    void shouldFlattenSharedTensorsOnlyAndSplitThemAgain() {
        FlatLayout flat = FlatLayout.of(Layouts.small(), FEDSA, 1, 5, 3);
        Map<String, Tensor> all = new HashMap<>();
        Random random = new Random(2);
        for (TensorShape shape : Layouts.small().tensors()) {
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = shape.role() == TensorRole.LORA_A ? random.nextFloat() : Float.NaN;
            }
            all.put(shape.name(), new Tensor(shape.name(), shape.shape(), values));
        }

        float[] vector = flat.flatten(all);

        assertThat(vector).hasSize(24).doesNotContain(Float.NaN);
        flat.split(vector).forEach((name, tensor) -> assertThat(tensor).isEqualTo(all.get(name)));
    }

    @Test
    void shouldRefuseOtherTensorsThanTheLayouts() {
        FlatLayout flat = FlatLayout.of(Layouts.small(), FEDSA, 1, 5, 3);

        assertThatThrownBy(() -> flat.flatten(Map.of())).hasMessageContaining("layer.0.query.lora_A.weight");
        assertThatThrownBy(() -> flat.split(new float[23])).hasMessageContaining("23");
    }
}
