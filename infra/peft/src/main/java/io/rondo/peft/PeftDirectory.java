package io.rondo.peft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.adapter.VeraProjections;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.safetensors.SafeTensors;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An adapter as PEFT's {@code save_pretrained} writes it and {@code from_pretrained} reads it. */
final class PeftDirectory {
    static final String CONFIG = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";
    /** What PEFT wrote before it wrote safetensors: code that Python runs to read it. */
    private static final String PICKLED = "adapter_model.bin";

    private static final String PREFIX = "base_model.model.";

    private static final int MAX_CONFIG_BYTES = 1 << 20;

    private final Path directory;
    private final PeftConfig config;

    private PeftDirectory(Path directory, PeftConfig config) {
        this.directory = directory;
        this.config = config;
    }

    /**
     * Writes an adapter into a directory that has none.
     *
     * @param tensors by PEFT's names
     */
    static void write(Path directory, PeftConfig config, List<Tensor> tensors) throws IOException {
        Map<String, Tensor> byName = tensors.stream().collect(Collectors.toMap(Tensor::name, Function.identity()));
        List<SafeTensorsWriter.Header> headers = tensors.stream()
                .map(tensor -> new SafeTensorsWriter.Header(
                        tensor.name(), Arrays.stream(tensor.shape()).boxed().toList()))
                .toList();
        SafeTensorsWriter.write(
                directory.resolve(WEIGHTS), headers, name -> byName.get(name).values());
        Files.writeString(directory.resolve(CONFIG), config.json(), StandardCharsets.UTF_8);
    }

    /** @throws RondoException with {@link ErrorCode#ADAPTER_UNREADABLE} */
    static PeftDirectory open(Path directory) {
        Path file = directory.resolve(CONFIG);
        try {
            if (Files.size(file) > MAX_CONFIG_BYTES) {
                throw unreadable(file + " is longer than " + MAX_CONFIG_BYTES + " bytes", null);
            }
            JsonNode json = JsonMapper.builder().build().readTree(Files.readAllBytes(file));
            return new PeftDirectory(directory, PeftConfig.of(json, () -> names(directory)));
        } catch (IOException e) {
            throw unreadable(file + " cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw unreadable(file + ": " + e.getMessage(), e);
        }
    }

    PeftConfig config() {
        return config;
    }

    /**
     * The adapter's values of a layout: both factors of every module, and the head where the adapter has one for as many
     * classes.
     *
     * @param seed from which VeRA's frozen projections are drawn, which must be the adapter's
     * @throws RondoException with {@link ErrorCode#ADAPTER_UNREADABLE} when a tensor is missing, is another, or has no place
     *     in the layout
     */
    List<Tensor> read(List<TensorShape> layout, long seed) {
        try (SafeTensors file = openWeights(directory)) {
            requireNoOthers(file, layout);
            if (config.kind() == AdapterKind.VERA) {
                requireProjections(file, layout, seed);
            }
            boolean takesHead =
                    hasHead(file, layout) && headOfAnotherSize(file, layout).isEmpty();
            List<TensorShape> wanted = layout.stream()
                    .filter(shape -> takesHead || shape.role() != TensorRole.HEAD)
                    .toList();
            // all are checked before any is read
            wanted.forEach(shape -> file.require(stored(file, shape), shape.shape()));
            return wanted.stream()
                    .map(shape ->
                            new Tensor(shape.name(), shape.shape(), file.array(stored(file, shape), shape.shape())))
                    .toList();
        } catch (RondoException e) {
            throw e.code() == ErrorCode.ADAPTER_UNREADABLE ? e : unreadable(e.getMessage(), e);
        }
    }

    /**
     * Checks that the adapter's head reads what the base model's does: the pooled state of a text, or the states of its
     * tokens. An adapter that names no task may be of any.
     *
     * @param taskType PEFT's name of the base model's class
     * @throws RondoException with {@link ErrorCode#ADAPTER_UNREADABLE} when it reads another
     */
    void requireHeadOf(String taskType, List<TensorShape> layout) {
        try (SafeTensors file = openWeights(directory)) {
            config.taskType()
                    .filter(own -> !own.equals(taskType) && hasHead(file, layout))
                    .ifPresent(own -> {
                        throw unreadable(
                                directory.resolve(CONFIG) + ": 'task_type' is \"" + own + "\", and the job's base model"
                                        + " is of \"" + taskType + "\": the adapter's head would read other states than"
                                        + " those it was trained on",
                                null);
                    });
        }
    }

    /** Why the adapter's head is not taken, where it has one. */
    Optional<String> headNote(List<TensorShape> layout) {
        try (SafeTensors file = openWeights(directory)) {
            return headOfAnotherSize(file, layout)
                    .map(outputs -> "the head in " + directory + " has " + outputs + " outputs, and the job "
                            + output(layout).shape()[0] + " labels: it is not taken; set the job's labels to keep it");
        }
    }

    private static boolean hasHead(SafeTensors file, List<TensorShape> layout) {
        return layout.stream()
                .anyMatch(shape -> shape.role() == TensorRole.HEAD
                        && file.shape(shape.name()).isPresent());
    }

    /** The outputs of the adapter's head, where they are not as many as the layout's. */
    private static Optional<Long> headOfAnotherSize(SafeTensors file, List<TensorShape> layout) {
        if (!hasHead(file, layout)) {
            return Optional.empty();
        }
        TensorShape output = output(layout);
        return file.shape(output.name())
                .filter(shape -> shape.size() == 1 && shape.get(0) != output.shape()[0])
                .map(shape -> shape.get(0));
    }

    /** The bias of a layout's last layer, whose rows are the classes. */
    private static TensorShape output(List<TensorShape> layout) {
        return layout.get(layout.size() - 1);
    }

    /** A tensor that nobody reads would be a part of the adapter that is lost. */
    private void requireNoOthers(SafeTensors file, List<TensorShape> layout) {
        Set<String> others = new TreeSet<>(file.names());
        layout.forEach(shape -> others.remove(stored(file, shape)));
        if (config.kind() == AdapterKind.VERA) {
            others.removeAll(Set.of(VeraProjections.A, VeraProjections.B));
        }
        if (!others.isEmpty()) {
            throw unreadable(
                    directory.resolve(WEIGHTS) + " has " + others.iterator().next()
                            + (others.size() == 1 ? "" : " and " + (others.size() - 1) + " more")
                            + ", without a place in the job's layout",
                    null);
        }
    }

    /** Adapters of a model without a head, such as those for feature extraction, lack the encoder's own name. */
    private static String stored(SafeTensors file, TensorShape shape) {
        String name = shape.name();
        if (file.shape(name).isEmpty() && shape.role() != TensorRole.HEAD && name.startsWith(PREFIX)) {
            String headless = PREFIX + name.substring(name.indexOf('.', PREFIX.length()) + 1);
            return file.shape(headless).isPresent() ? headless : name;
        }
        return name;
    }

    private static Set<String> names(Path directory) {
        try (SafeTensors file = openWeights(directory)) {
            return Set.copyOf(file.names());
        }
    }

    private static SafeTensors openWeights(Path directory) {
        if (!Files.exists(directory.resolve(WEIGHTS)) && Files.exists(directory.resolve(PICKLED))) {
            throw unreadable(
                    directory + " has " + PICKLED + " and no " + WEIGHTS
                            + ": only Python can read it, by running what is in it",
                    null);
        }
        try {
            return SafeTensors.open(directory.resolve(WEIGHTS));
        } catch (RondoException e) {
            throw unreadable(e.getMessage(), e);
        }
    }

    private void requireProjections(SafeTensors file, List<TensorShape> layout, long seed) {
        for (Tensor drawn : projections(config.rank(), layout, seed)) {
            if (!Arrays.equals(drawn.values(), file.array(drawn.name(), drawn.shape()))) {
                throw unreadable(
                        directory + " has another " + drawn.name() + " than a job with seed " + seed
                                + " draws; VeRA's projections are frozen and come from the seed",
                        null);
            }
        }
    }

    /** VeRA's frozen projections, as wide as the widest adapted module: adapted modules come in such pairs. */
    static List<Tensor> projections(int rank, List<TensorShape> layout, long seed) {
        int width = layout.stream()
                .filter(shape -> shape.role() == TensorRole.VERA_LAMBDA_B)
                .mapToInt(TensorShape::size)
                .max()
                .orElseThrow();
        return List.of(VeraProjections.a(seed, rank, width), VeraProjections.b(seed, width, rank));
    }

    private static RondoException unreadable(String what, Throwable cause) {
        return new RondoException(
                ErrorCode.ADAPTER_UNREADABLE,
                what,
                "give a directory that PEFT's save_pretrained or `rondo export` wrote, for the job's model and modules",
                cause);
    }
}
