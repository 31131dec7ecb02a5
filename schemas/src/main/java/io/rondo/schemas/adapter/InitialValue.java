package io.rondo.schemas.adapter;

import io.rondo.schemas.tensor.Tensor;
import java.util.Arrays;

/**
 * The value from which each trainable tensor starts: by role, and where it is drawn, from the {@link Generator} under the
 * job's seed and the tensor's name. The one place that says so; any language can repeat it.
 */
public final class InitialValue {
    /** PEFT's default, and the paper's of VeRA (arXiv 2310.11454). */
    private static final float LAMBDA_D = 0.1f;

    private InitialValue() {}

    /**
     * {@code lora_A}: uniform on ±1/√in (Kaiming uniform, a = √5); {@code lora_B} and {@code vera_lambda_b}: 0, so that an
     * adapter starts without effect; {@code vera_lambda_d}: 0.1; a weight of the head: uniform on ±1/√in, its bias: 0.
     */
    public static Tensor of(long seed, TensorShape shape) {
        int[] dimensions = shape.shape();
        float[] values = new float[shape.size()];
        switch (shape.role()) {
            case LORA_A -> drawn(seed, shape, values);
            case VERA_LAMBDA_D -> Arrays.fill(values, LAMBDA_D);
            case HEAD -> {
                if (dimensions.length > 1) {
                    drawn(seed, shape, values);
                }
            }
            case LORA_B, VERA_LAMBDA_B -> {}
        }
        return new Tensor(shape.name(), dimensions, values);
    }

    private static void drawn(long seed, TensorShape shape, float[] values) {
        int[] dimensions = shape.shape();
        Generator.uniform(seed, shape.name(), 1 / Math.sqrt(dimensions[dimensions.length - 1]), values);
    }
}
