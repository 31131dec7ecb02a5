package io.rondo.cli.job;

import io.rondo.log.Lineage;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/**
 * An adapter that a new job begins with: it becomes its round 0.
 *
 * @param layout every trainable tensor of the adapter
 * @param lineage the job and the round that it comes from, if any
 * @param values the values of the tensors that round 0 shares, by name
 */
public record StartingPoint(AdapterLayout layout, Optional<Lineage> lineage, Map<String, Tensor> values) {
    public StartingPoint {
        values = Map.copyOf(values);
    }
}
