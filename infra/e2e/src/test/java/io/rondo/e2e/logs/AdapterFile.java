package io.rondo.e2e.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** A safetensors file, read with nothing of the code that wrote it. */
final class AdapterFile {
    private final JsonNode header;
    private final byte[] values;

    private AdapterFile(JsonNode header, byte[] values) {
        this.header = header;
        this.values = values;
    }

    static AdapterFile read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = Math.toIntExact(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
        JsonNode header = new ObjectMapper().readTree(bytes, Long.BYTES, length);
        return new AdapterFile(header, Arrays.copyOfRange(bytes, Long.BYTES + length, bytes.length));
    }

    /**
     * The digest of an adapter as the log has it: over the digests of its chunks. The file must hold the round's flat
     * vector.
     *
     * @param chunkBytes the job's
     */
    String adapterDigest(int chunkBytes) {
        MessageDigest all = sha256();
        for (int from = 0; from < values.length; from += chunkBytes) {
            MessageDigest chunk = sha256();
            chunk.update(values, from, Math.min(chunkBytes, values.length - from));
            all.update(chunk.digest());
        }
        return HexFormat.of().formatHex(all.digest());
    }

    /** The first bytes of the values. */
    byte[] values(int bytes) {
        return Arrays.copyOf(values, bytes);
    }

    /** A digest of names, types, shapes and values, whatever their order in the file. */
    String digest() {
        Map<String, JsonNode> tensors = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (!field.getKey().equals("__metadata__")) {
                tensors.put(field.getKey(), field.getValue());
            }
        }
        MessageDigest all = sha256();
        tensors.forEach((name, tensor) -> {
            String line = name + ' ' + tensor.path("dtype").asText() + ' ' + tensor.path("shape") + '\n';
            all.update(line.getBytes(StandardCharsets.UTF_8));
            int from = tensor.path("data_offsets").path(0).asInt();
            all.update(values, from, tensor.path("data_offsets").path(1).asInt() - from);
        });
        return HexFormat.of().formatHex(all.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
