package io.rondo.trainer.runtime.state;

import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** States for tests. */
final class States {
    private States() {}

    static TrainerState withPending() {
        return new TrainerState(
                "0b4e4f4e-0000-4000-8000-000000000001",
                Digests.of(new byte[] {1}),
                "site-a",
                4,
                5,
                List.of(
                        new Tensor("q.lora_A", new int[] {2, 2}, new float[] {1, -0.0f, Float.MIN_VALUE, 3.5f}),
                        new Tensor("bias", new int[] {1}, new float[] {-2})),
                Optional.of(new PendingUpdate(
                        5, 4, "attempt-1", 120, Map.of("loss", 0.25, "grad", 2.0), new float[] {1, 2, 3})));
    }

    static TrainerState withoutPending() {
        return withPending().withPending(Optional.empty());
    }
}
