package io.rondo.trainer.runtime;

import io.rondo.log.DType;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import java.util.List;

/** Stops diverged training at its own site: it is neither saved nor sent. */
final class FiniteValues {
    /** From here on, a value rounds to infinity when sent as BF16. */
    private static final float BF16_OVERFLOW = 0x1.FFp127f;

    private FiniteValues() {}

    /** @throws RondoException with {@link ErrorCode#TRAINER_FAILED} when a value is not finite in this element type */
    static void require(int round, DType dtype, List<Tensor> parameters) {
        float limit = dtype == DType.BF16 ? BF16_OVERFLOW : Float.POSITIVE_INFINITY;
        for (Tensor tensor : parameters) {
            float[] values = tensor.values();
            for (int i = 0; i < values.length; i++) {
                // written so that NaN fails as well
                if (!(Math.abs(values[i]) < limit)) {
                    throw new RondoException(
                            ErrorCode.TRAINER_FAILED,
                            "training of round " + round + " left " + values[i] + " in " + tensor.name() + " at index "
                                    + i,
                            "lower the job's learning-rate; the trainer's state is the one before this round");
                }
            }
        }
    }
}
