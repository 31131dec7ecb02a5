package io.rondo.trainer.nd4j.model;

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

/** Writes float32 tensors as a safetensors file, one tensor in memory at a time. */
final class SafeTensorsWriter {
    /** The format aligns its values to eight bytes by spaces after the header. */
    private static final int ALIGNMENT = 8;

    private SafeTensorsWriter() {}

    /** Name and dimensions of a tensor to write. */
    record Header(String name, List<Integer> shape) {
        long bytes() {
            return shape.stream().mapToLong(Integer::longValue).reduce(Float.BYTES, Math::multiplyExact);
        }
    }

    static void write(Path file, Collection<Header> tensors, Function<String, float[]> values) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeFully(channel, header(tensors));
            for (Header tensor : tensors) {
                float[] tensorValues = values.apply(tensor.name());
                if ((long) tensorValues.length * Float.BYTES != tensor.bytes()) {
                    throw new IllegalStateException(tensor + " has " + tensorValues.length + " values");
                }
                ByteBuffer bytes =
                        ByteBuffer.allocate(tensorValues.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(tensorValues);
                writeFully(channel, bytes);
            }
            channel.force(true);
        }
    }

    private static ByteBuffer header(Collection<Header> tensors) {
        ObjectNode root = JsonMapper.builder().build().createObjectNode();
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
