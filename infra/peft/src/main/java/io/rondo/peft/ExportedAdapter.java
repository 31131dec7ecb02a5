package io.rondo.peft;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What was exported.
 *
 * @param directory where it is
 * @param choice whose it is
 * @param round as of which round
 * @param tensors how many tensors it has
 * @param hasHead whether the classification head is among them
 * @param baseModel name or directory of the base model
 * @param taskType PEFT's name of the model class; empty for any
 * @param labels the classes, in the order of the head's outputs
 */
public record ExportedAdapter(
        Path directory,
        AdapterChoice choice,
        int round,
        int tensors,
        boolean hasHead,
        String baseModel,
        Optional<String> taskType,
        List<String> labels) {
    public ExportedAdapter {
        labels = List.copyOf(labels);
    }
}
