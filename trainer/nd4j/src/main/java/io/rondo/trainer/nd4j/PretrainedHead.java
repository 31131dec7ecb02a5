package io.rondo.trainer.nd4j;

import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.HeadOrder;
import io.rondo.trainer.nd4j.model.BaseModel;
import java.util.List;
import java.util.Optional;

/**
 * The classification head that a model's directory came with.
 *
 * @param tensors all of the layout's head, its outputs in the order of the job's labels; empty if the directory has
 *     none, or one for other classes
 * @param note why a head that is there is not taken
 */
record PretrainedHead(List<Tensor> tensors, Optional<String> note) {
    private static final String PREFIX = "base_model.model.";

    static PretrainedHead of(BaseModel model, List<TensorShape> layout, List<String> labels) {
        List<TensorShape> head =
                layout.stream().filter(shape -> shape.role() == TensorRole.HEAD).toList();
        Optional<Long> outputs = model.headRows(stored(head.get(head.size() - 1)));
        if (outputs.isEmpty()) {
            return new PretrainedHead(List.of(), Optional.empty());
        }
        List<Tensor> tensors = head.stream()
                .flatMap(shape -> model
                        .headTensor(stored(shape), shape.shape())
                        .map(values -> new Tensor(shape.name(), shape.shape(), values))
                        .stream())
                .toList();
        if (tensors.size() < head.size()) {
            return replaced(model, "has " + outputs.get() + " outputs", labels);
        }
        return HeadOrder.of(model.outputs(), labels)
                .map(order -> new PretrainedHead(order.headToLabels(tensors), Optional.empty()))
                .orElseGet(() -> replaced(model, "tells " + model.outputs() + " apart", labels));
    }

    private static PretrainedHead replaced(BaseModel model, String what, List<String> labels) {
        return new PretrainedHead(
                List.of(),
                Optional.of("the head in " + model.directory() + " " + what + ", and the job has " + labels.size()
                        + " labels " + labels + ": it is replaced by a new one"));
    }

    private static String stored(TensorShape shape) {
        return shape.name().substring(PREFIX.length());
    }
}
