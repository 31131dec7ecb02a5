package io.rondo.conformance.stage;

import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.TensorShape;
import java.nio.file.Path;

/**
 * What the trainer under test trains: a model that it can open, the layout that it derives from it, and data.
 *
 * @param spec the job's settings before a scenario changes some
 * @param layout the layout under these settings
 * @param train training examples
 * @param test test examples
 * @param examples how many training examples there are
 */
public record Task(JobSpec spec, AdapterLayout layout, Path train, Path test, int examples) {

    /** The layout under another rank. */
    public AdapterLayout layout(int rank) {
        return new AdapterLayout(
                layout.tensors().stream().map(tensor -> ranked(tensor, rank)).toList());
    }

    private static TensorShape ranked(TensorShape tensor, int rank) {
        int[] shape = tensor.shape();
        switch (tensor.role()) {
            case LORA_A, VERA_LAMBDA_D -> shape[0] = rank;
            case LORA_B -> shape[shape.length - 1] = rank;
            case VERA_LAMBDA_B, HEAD -> {}
        }
        return new TensorShape(tensor.name(), tensor.role(), shape);
    }
}
