package io.rondo.schemas.adapter;

import io.rondo.log.LayoutTensor;
import io.rondo.log.Sha256;
import io.rondo.schemas.tensor.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Every trainable tensor of a job's adapter, shared or not, in the one order that all flat vectors of the job follow.
 * Two processes agree on a layout when its digests are equal.
 */
public final class AdapterLayout {
    /** First line of the canonical text; a changed form gets a new tag. */
    private static final String VERSION_TAG = "rondo-layout-v1\n";

    private static final int MAX_TENSORS = 100_000;

    private final List<TensorShape> tensors;
    private final Sha256 digest;

    /** @throws IllegalArgumentException when there is no tensor, too many, or a name comes twice */
    public AdapterLayout(List<TensorShape> tensors) {
        this.tensors = List.copyOf(tensors);
        if (tensors.isEmpty() || tensors.size() > MAX_TENSORS) {
            throw new IllegalArgumentException("a layout has 1 to " + MAX_TENSORS + " tensors, not " + tensors.size());
        }
        Set<String> names = new HashSet<>();
        for (TensorShape tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("tensor " + tensor.name() + " comes twice");
            }
        }
        this.digest = Digests.of(canonicalText().getBytes(StandardCharsets.UTF_8));
    }

    public List<TensorShape> tensors() {
        return tensors;
    }

    /** SHA-256 of the canonical text. */
    public Sha256 digest() {
        return digest;
    }

    /** A version line, then a line for each tensor: name, role and dimensions, such as {@code q.lora_A lora-a 8x384}. */
    public String canonicalText() {
        StringBuilder text = new StringBuilder(VERSION_TAG);
        tensors.forEach(tensor -> text.append(tensor.canonicalLine()).append('\n'));
        return text.toString();
    }

    /** @throws IllegalArgumentException when a tensor's name, role or shape is out of bounds */
    public static AdapterLayout fromAvro(List<LayoutTensor> tensors) {
        return new AdapterLayout(tensors.stream()
                .map(tensor -> new TensorShape(
                        tensor.getName(),
                        TensorRole.of(tensor.getRole()),
                        tensor.getShape().stream().mapToInt(Integer::intValue).toArray()))
                .toList());
    }

    public List<LayoutTensor> toAvro() {
        return tensors.stream()
                .map(tensor -> new LayoutTensor(
                        tensor.name(),
                        tensor.role().id(),
                        Arrays.stream(tensor.shape()).boxed().toList()))
                .toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AdapterLayout that && tensors.equals(that.tensors);
    }

    @Override
    public int hashCode() {
        return tensors.hashCode();
    }

    @Override
    public String toString() {
        return canonicalText();
    }
}
