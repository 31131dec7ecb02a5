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
import java.util.function.Function;
import java.util.stream.Collectors;

/** An adapter as PEFT's {@code save_pretrained} writes it and {@code from_pretrained} reads it. */
final class PeftDirectory {
    static final String CONFIG = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";

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
            return new PeftDirectory(directory, PeftConfig.of(json));
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
     * The adapter's values of a layout: both factors of every module, and the head where the adapter has the layout's.
     *
     * @param seed from which VeRA's frozen projections are drawn, which must be the adapter's
     * @throws RondoException with {@link ErrorCode#ADAPTER_UNREADABLE} when a tensor is missing or is another
     */
    List<Tensor> read(List<TensorShape> layout, long seed) {
        try (SafeTensors file = SafeTensors.open(directory.resolve(WEIGHTS))) {
            if (config.kind() == AdapterKind.VERA) {
                requireProjections(file, layout, seed);
            }
            List<TensorShape> wanted = layout.stream()
                    .filter(shape -> shape.role() != TensorRole.HEAD || has(file, shape))
                    .toList();
            // all are checked before any is read
            wanted.forEach(shape -> file.require(shape.name(), shape.shape()));
            return wanted.stream()
                    .map(shape -> new Tensor(shape.name(), shape.shape(), file.array(shape.name(), shape.shape())))
                    .toList();
        } catch (RondoException e) {
            throw e.code() == ErrorCode.ADAPTER_UNREADABLE ? e : unreadable(e.getMessage(), e);
        }
    }

    private static boolean has(SafeTensors file, TensorShape shape) {
        List<Long> dimensions =
                Arrays.stream(shape.shape()).asLongStream().boxed().toList();
        return file.shape(shape.name()).filter(dimensions::equals).isPresent();
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
