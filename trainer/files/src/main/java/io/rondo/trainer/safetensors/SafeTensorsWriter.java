package io.rondo.trainer.safetensors;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** Writes float32 tensors as a safetensors file, a block in memory at a time. */
public final class SafeTensorsWriter {
    /** The format aligns its values to eight bytes by spaces after the header. */
    private static final int ALIGNMENT = 8;

    private static final int BLOCK = 1 << 18;

    private SafeTensorsWriter() {}

    /** Name and dimensions of a tensor to write. */
    public record Header(String name, List<Integer> shape) {
        public Header {
            shape = List.copyOf(shape);
        }

        public long elements() {
            return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        }

        long bytes() {
            return Math.multiplyExact(elements(), Float.BYTES);
        }
    }

    /** Where values come from. */
    @FunctionalInterface
    public interface Source {
        /** Puts {@code count} values of a tensor into {@code out}, the first of them at {@code from} of the tensor. */
        void read(String name, long from, float[] out, int count);
    }

    /** Writes tensors that lie on the heap to a new file. */
    public static void write(Path file, Collection<Header> tensors, Function<String, float[]> values)
            throws IOException {
        tensors.forEach(tensor -> requireLength(tensor, values.apply(tensor.name()).length));
        write(
                file,
                tensors,
                (name, from, out, count) -> System.arraycopy(values.apply(name), Math.toIntExact(from), out, 0, count));
    }

    private static void requireLength(Header tensor, int length) {
        if (tensor.elements() != length) {
            throw new IllegalStateException(tensor + " has " + length + " values");
        }
    }

    /** Writes tensors to a new file, and forces it to disk. */
    public static void write(Path file, Collection<Header> tensors, Source values) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeFully(channel, header(tensors));
            float[] block = new float[BLOCK];
            ByteBuffer bytes = ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (Header tensor : tensors) {
                for (long from = 0; from < tensor.elements(); from += BLOCK) {
                    int count = (int) Math.min(BLOCK, tensor.elements() - from);
                    values.read(tensor.name(), from, block, count);
                    bytes.clear().asFloatBuffer().put(block, 0, count);
                    writeFully(channel, bytes.limit(count * Float.BYTES));
                }
            }
            channel.force(true);
        }
    }

    private static ByteBuffer header(Collection<Header> tensors) {
        ObjectNode root = JsonMapper.builder().build().createObjectNode();
        // PyTorch's readers want to be told that it is theirs.
        root.putObject("__metadata__").put("format", "pt");
        long position = 0;
        for (Header tensor : tensors) {
            ObjectNode node = root.putObject(tensor.name()).put("dtype", "F32");
            tensor.shape().forEach(node.withArray("shape")::add);
            node.putArray("data_offsets").add(position).add(position + tensor.bytes());
            position += tensor.bytes();
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        int padding = Math.floorMod(-json.length, ALIGNMENT);
        ByteBuffer header =
                ByteBuffer.allocate(Long.BYTES + json.length + padding).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(json.length + padding).put(json);
        header.put(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
        return header.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
