package io.rondo.trainer.nd4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.safetensors.SafeTensors;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The weights of a directory: {@code model.safetensors}, or the files that {@code model.safetensors.index.json} names. */
final class WeightFiles implements AutoCloseable {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final int MAX_INDEX_BYTES = 4 << 20;
    private static final int MAX_FILES = 1000;

    private final Path directory;
    private final Set<SafeTensors> files;
    /** The file of each tensor. */
    private final Map<String, SafeTensors> tensors = new HashMap<>();

    private WeightFiles(Path directory, Set<SafeTensors> files) {
        this.directory = directory;
        this.files = files;
    }

    /** @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} when a file is missing or damaged */
    static WeightFiles open(Path directory) {
        if (Files.exists(directory.resolve(INDEX)) && !Files.exists(directory.resolve(SINGLE))) {
            return openIndexed(directory);
        }
        if (!Files.exists(directory.resolve(SINGLE))) {
            throw new RondoException(
                    ErrorCode.MODEL_UNREADABLE,
                    directory + " has neither " + SINGLE + " nor " + INDEX,
                    "save the model with save_pretrained, which writes safetensors");
        }
        SafeTensors file = SafeTensors.open(directory.resolve(SINGLE));
        WeightFiles weights = new WeightFiles(directory, Set.of(file));
        file.names().forEach(name -> weights.tensors.put(name, file));
        return weights;
    }

    private static WeightFiles openIndexed(Path directory) {
        Map<String, String> fileOfTensor = index(directory.resolve(INDEX));
        Map<String, SafeTensors> opened = new HashMap<>();
        try {
            for (String file : new TreeSet<>(fileOfTensor.values())) {
                opened.put(file, SafeTensors.open(directory.resolve(file)));
            }
        } catch (RuntimeException e) {
            opened.values().forEach(SafeTensors::close);
            throw e;
        }
        WeightFiles weights = new WeightFiles(directory, Set.copyOf(opened.values()));
        fileOfTensor.forEach((tensor, file) -> weights.tensors.put(tensor, opened.get(file)));
        return weights;
    }

    private static Map<String, String> index(Path file) {
        Map<String, String> fileOfTensor = new HashMap<>();
        JsonNode map;
        try {
            if (Files.size(file) > MAX_INDEX_BYTES) {
                throw unreadable(file, "is longer than " + MAX_INDEX_BYTES + " bytes", null);
            }
            map = JsonMapper.builder()
                    .build()
                    .readTree(Files.readAllBytes(file))
                    .path("weight_map");
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + e.getMessage(), e);
        }
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String name = entry.getValue().asText();
            // No part of a path: an index may not lead out of its directory.
            if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*\\.safetensors")) {
                throw unreadable(file, "names a file '" + name + "'", null);
            }
            fileOfTensor.put(entry.getKey(), name);
        }
        if (fileOfTensor.isEmpty()) {
            throw unreadable(file, "has no 'weight_map'", null);
        }
        if (Set.copyOf(fileOfTensor.values()).size() > MAX_FILES) {
            throw unreadable(file, "names more than " + MAX_FILES + " files", null);
        }
        return fileOfTensor;
    }

    Set<String> names() {
        return tensors.keySet();
    }

    /** The dimensions of a tensor; empty if there is none of this name. */
    Optional<List<Long>> shape(String name) {
        return Optional.ofNullable(tensors.get(name)).flatMap(file -> file.shape(name));
    }

    boolean isFloat32(String name) {
        return file(name).isFloat32(name);
    }

    /** Throws as {@link SafeTensors#require}. */
    void require(String name, int... shape) {
        file(name).require(name, shape);
    }

    /** As {@link SafeTensors#floats}. */
    FloatBuffer floats(String name, int... shape) {
        return file(name).floats(name, shape);
    }

    /** As {@link SafeTensors#array}. */
    float[] array(String name, int... shape) {
        return file(name).array(name, shape);
    }

    /** As {@link SafeTensors#read}. */
    void read(String name, long from, float[] out, int count) {
        file(name).read(name, from, out, count);
    }

    private SafeTensors file(String name) {
        SafeTensors file = tensors.get(name);
        if (file == null) {
            throw unreadable(directory, "has no tensor " + name, null);
        }
        return file;
    }

    private static RondoException unreadable(Path file, String what, Throwable cause) {
        return new RondoException(
                ErrorCode.MODEL_UNREADABLE, file + " " + what, "save the model again with save_pretrained", cause);
    }

    @Override
    public void close() {
        files.forEach(SafeTensors::close);
    }
}
