package io.rondo.conformance.stage;

import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.TensorRole;

/** A task that the user describes: a model, its layout, and data. Where a large one is needed, its rank is raised. */
public record GivenTask(Task small) implements Tasks {
    /** 2²¹ values of 4 bytes. */
    private static final int LARGE = 1 << 21;

    private static final int CHUNK_BYTES = 524_288;

    @Override
    public Task large() {
        int width = small.layout().tensors().stream()
                .filter(tensor -> tensor.role() == TensorRole.LORA_A)
                .mapToInt(tensor -> tensor.shape()[1])
                .sum();
        if (width == 0) {
            throw new NotApplicable("the layout has no lora-a, so that a higher rank does not make it larger");
        }
        int rank = LARGE / width;
        JobSpec spec = JobSpec.newBuilder(small.spec())
                .setRank(rank)
                .setChunkBytes(CHUNK_BYTES)
                .build();
        return new Task(spec, small.layout(rank), small.train(), small.test(), small.examples());
    }
}
