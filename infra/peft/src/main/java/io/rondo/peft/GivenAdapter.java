package io.rondo.peft;

import io.rondo.schemas.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An adapter that a trainer exported and gave away, its own factors with it.
 *
 * @param source where it is
 * @param tensors its values, by name
 */
record GivenAdapter(String source, Map<String, Tensor> tensors) {
    GivenAdapter(String source, List<Tensor> tensors) {
        this(source, tensors.stream().collect(Collectors.toMap(Tensor::name, Function.identity())));
    }
}
