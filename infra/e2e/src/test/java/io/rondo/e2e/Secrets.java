package io.rondo.e2e;

import io.rondo.log.DType;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What may not leave a trainer, found wherever it lies in a sequence of bytes: runs of tensor values as F32 and as BF16,
 * and runs of text.
 */
final class Secrets {
    private static final int PREFIX = Long.BYTES;
    /** So many values in a row are a secret; fewer could meet by chance. */
    private static final int RUN = 6;

    private static final int TEXT_RUN = 24;

    private final Map<Long, List<Secret>> byPrefix = new HashMap<>();

    private static final class Secret {
        final String name;
        final byte[] bytes;

        Secret(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
        }
    }

    /** Values of a tensor; runs without information, such as zeros, are no secret. */
    void addTensor(String name, float[] values) {
        for (int from = 0; from + RUN <= values.length; from++) {
            if (isInformative(values, from)) {
                add(name + " as F32", TensorBytes.encode(DType.F32, values, from, RUN));
                add(name + " as BF16", TensorBytes.encode(DType.BF16, values, from, RUN));
            }
        }
    }

    private static boolean isInformative(float[] values, int from) {
        for (int i = from + 1; i < from + RUN; i++) {
            if (values[i] == 0 || values[i] == values[i - 1]) {
                return false;
            }
        }
        return true;
    }

    void addText(String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from + TEXT_RUN <= bytes.length; from++) {
            add(name, java.util.Arrays.copyOfRange(bytes, from, from + TEXT_RUN));
        }
    }

    private void add(String name, byte[] bytes) {
        byPrefix.computeIfAbsent(prefix(bytes, 0), key -> new ArrayList<>()).add(new Secret(name, bytes));
    }

    int size() {
        return byPrefix.size();
    }

    /** The name of a secret that these bytes hold. */
    Optional<String> findIn(byte[] bytes) {
        for (int at = 0; at + PREFIX <= bytes.length; at++) {
            for (Secret secret : byPrefix.getOrDefault(prefix(bytes, at), List.of())) {
                int end = at + secret.bytes.length;
                if (end <= bytes.length
                        && java.util.Arrays.equals(bytes, at, end, secret.bytes, 0, secret.bytes.length)) {
                    return Optional.of(secret.name);
                }
            }
        }
        return Optional.empty();
    }

    private static long prefix(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes, at, PREFIX).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
