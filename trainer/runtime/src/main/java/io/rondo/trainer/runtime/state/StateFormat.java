package io.rondo.trainer.runtime.state;

import io.rondo.log.DType;
import io.rondo.log.Sha256;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.tensor.TensorBytes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Version 1 of the bytes of a {@link TrainerState}. Integers are big-endian, tensor values little-endian F32, a text is its
 * length in bytes as an int32 and UTF-8.
 *
 * <pre>
 * 8 bytes  "RONDOST1"
 * text     job UUID
 * 32 bytes layout digest
 * text     trainer id
 * int32    last sync round
 * int32    trained round
 * int32    number of tensors, then for each: text name, int32 number of dimensions, int32 each dimension, values
 * int8     1 where an update is pending, else 0; then, for 1:
 *          int32 round, int32 base round, text attempt, int64 number of examples,
 *          int32 number of metrics, for each in order of names: text name, float64 value,
 *          int32 number of elements, values
 * 32 bytes SHA-256 of all bytes before
 * </pre>
 */
final class StateFormat {
    private static final byte[] MAGIC = "RONDOST1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_BYTES = 32;
    private static final int MAX_DIMENSIONS = 8;

    private StateFormat() {}

    static byte[] encode(TrainerState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(MAGIC);
            writeText(out, state.jobUuid());
            out.write(state.layoutDigest().bytes());
            writeText(out, state.trainer());
            out.writeInt(state.lastSyncRound());
            out.writeInt(state.trainedRound());
            out.writeInt(state.parameters().size());
            for (Tensor tensor : state.parameters()) {
                writeTensor(out, tensor);
            }
            out.writeByte(state.pending().isPresent() ? 1 : 0);
            if (state.pending().isPresent()) {
                writePending(out, state.pending().get());
            }
            out.flush();
            out.write(Digests.of(bytes.toByteArray()).bytes());
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException when these are not the bytes of a state; the message says what is wrong */
    static TrainerState decode(byte[] bytes) {
        int body = bytes.length - DIGEST_BYTES;
        if (body < MAGIC.length || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IllegalArgumentException("it does not start like a trainer's state of version 1");
        }
        Sha256 written = new Sha256(Arrays.copyOfRange(bytes, body, bytes.length));
        if (!Digests.of(Arrays.copyOf(bytes, body)).equals(written)) {
            throw new IllegalArgumentException("its " + bytes.length + " bytes do not match the digest at its end");
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes, MAGIC.length, body - MAGIC.length);
            TrainerState state = readState(in);
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes follow the state");
            }
            return state;
        } catch (BufferUnderflowException | ArithmeticException e) {
            throw new IllegalArgumentException("its sizes do not fit its length", e);
        }
    }

    private static TrainerState readState(ByteBuffer in) {
        String jobUuid = readText(in);
        byte[] layoutDigest = new byte[DIGEST_BYTES];
        in.get(layoutDigest);
        String trainer = readText(in);
        int lastSyncRound = in.getInt();
        int trainedRound = in.getInt();
        int count = in.getInt();
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tensors.add(readTensor(in));
        }
        Optional<PendingUpdate> pending = readFlag(in) ? Optional.of(readPending(in)) : Optional.empty();
        return new TrainerState(
                jobUuid, new Sha256(layoutDigest), trainer, lastSyncRound, trainedRound, tensors, pending);
    }

    private static boolean readFlag(ByteBuffer in) {
        byte flag = in.get();
        if (flag != 0 && flag != 1) {
            throw new IllegalArgumentException("a flag of " + flag);
        }
        return flag == 1;
    }

    private static void writeTensor(DataOutputStream out, Tensor tensor) throws IOException {
        writeText(out, tensor.name());
        int[] shape = tensor.shape();
        out.writeInt(shape.length);
        for (int dimension : shape) {
            out.writeInt(dimension);
        }
        writeValues(out, tensor.values());
    }

    private static Tensor readTensor(ByteBuffer in) {
        String name = readText(in);
        int dimensions = in.getInt();
        if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
            throw new IllegalArgumentException("tensor " + name + " has " + dimensions + " dimensions");
        }
        int[] shape = new int[dimensions];
        int size = 1;
        for (int i = 0; i < dimensions; i++) {
            shape[i] = in.getInt();
            size = Math.multiplyExact(size, shape[i]);
        }
        return new Tensor(name, shape, readValues(in, size));
    }

    private static void writePending(DataOutputStream out, PendingUpdate pending) throws IOException {
        out.writeInt(pending.round());
        out.writeInt(pending.baseRound());
        writeText(out, pending.attempt());
        out.writeLong(pending.numExamples());
        out.writeInt(pending.metrics().size());
        for (Map.Entry<String, Double> metric : new TreeMap<>(pending.metrics()).entrySet()) {
            writeText(out, metric.getKey());
            out.writeDouble(metric.getValue());
        }
        out.writeInt(pending.values().length);
        writeValues(out, pending.values());
    }

    private static PendingUpdate readPending(ByteBuffer in) {
        int round = in.getInt();
        int baseRound = in.getInt();
        String attempt = readText(in);
        long numExamples = in.getLong();
        int count = in.getInt();
        Map<String, Double> metrics = new HashMap<>();
        for (int i = 0; i < count; i++) {
            metrics.put(readText(in), in.getDouble());
        }
        return new PendingUpdate(round, baseRound, attempt, numExamples, metrics, readValues(in, in.getInt()));
    }

    private static void writeValues(DataOutputStream out, float[] values) throws IOException {
        out.write(TensorBytes.encode(DType.F32, values, 0, values.length));
    }

    private static float[] readValues(ByteBuffer in, int count) {
        float[] values = new float[requireThere(in, count, Float.BYTES)];
        TensorBytes.decode(DType.F32, in.slice(in.position(), count * Float.BYTES), values, 0, count);
        in.position(in.position() + count * Float.BYTES);
        return values;
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(ByteBuffer in) {
        byte[] bytes = new byte[requireThere(in, in.getInt(), 1)];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The count, checked against the remaining bytes before anything is allocated. */
    private static int requireThere(ByteBuffer in, int count, int width) {
        if (count < 0 || (long) count * width > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return count;
    }
}
