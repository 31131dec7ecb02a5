package io.rondo.schemas.adapter;

import io.rondo.schemas.tensor.Tensor;
import java.util.Arrays;

/**
 * The initial value of each trainable tensor, by role; random ones come from the {@link Generator} with the job's seed and
 * the tensor's name. Defined only here; any language can reproduce it.
 */
public final class InitialValue {
    /** The default of PEFT and of the VeRA paper (arXiv 2310.11454). */
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
