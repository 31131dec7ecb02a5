package io.rondo.trainer.nd4j;

import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.model.BaseModel;
import java.util.List;
import java.util.Optional;

/** The classification head that a model's directory came with. */
final class PretrainedHead {
    private static final String PREFIX = "base_model.model.";

    private PretrainedHead() {}

    /** All of the layout's head; empty where the directory has none, or one for another number of labels. */
    static List<Tensor> of(BaseModel model, List<TensorShape> layout) {
        List<Optional<Tensor>> tensors = layout.stream()
                .filter(shape -> shape.role() == TensorRole.HEAD)
                .map(shape -> model.headTensor(shape.name().substring(PREFIX.length()), shape.shape())
                        .map(values -> new Tensor(shape.name(), shape.shape(), values)))
                .toList();
        return tensors.stream().allMatch(Optional::isPresent)
                ? tensors.stream().flatMap(Optional::stream).toList()
                : List.of();
    }
}
