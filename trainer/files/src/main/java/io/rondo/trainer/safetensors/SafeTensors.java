package io.rondo.trainer.safetensors;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A safetensors file, memory-mapped: an unsigned little-endian 64-bit length, that many bytes of JSON, and the values.
 * The whole header is checked before anything is mapped or allocated, so a hostile or truncated file is refused by
 * code. Safe for any thread after opening.
 */
public final class SafeTensors implements AutoCloseable {
    /** Names and shapes of the largest models take some hundred KB. */
    static final int MAX_HEADER_BYTES = 4 << 20;

    private static final int LENGTH_BYTES = 8;
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .readerFor(JsonNode.class);

    private final Path file;
    private final FileChannel channel;
    private final long dataStart;
    private final Map<String, Entry> entries;

    /** A tensor's place in the file; offsets count from the end of the header. */
    private record Entry(String name, ElementType type, List<Long> shape, long begin, long end) {}

    private SafeTensors(Path file, FileChannel channel, long dataStart, Map<String, Entry> entries) {
        this.file = file;
        this.channel = channel;
        this.dataStart = dataStart;
        this.entries = entries;
    }

    /**
     * Opens a file.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} when it is not a valid safetensors file
     */
    public static SafeTensors open(Path file) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            long size = channel.size();
            long headerBytes = readHeaderLength(file, channel, size);
            Map<String, Entry> entries = parse(file, readHeader(channel, (int) headerBytes));
            checkCoverage(file, entries, size - LENGTH_BYTES - headerBytes);
            return new SafeTensors(file, channel, LENGTH_BYTES + headerBytes, entries);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "is not there", e);
        } catch (IOException e) {
            closeQuietly(channel);
            throw unreadable(file, "cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    private static long readHeaderLength(Path file, FileChannel channel, long size) throws IOException {
        if (size < LENGTH_BYTES) {
            throw unreadable(file, "is " + size + " bytes long, too short for a header", null);
        }
        long length = read(channel, 0, LENGTH_BYTES).getLong(0);
        if (length < 2 || length > MAX_HEADER_BYTES || length > size - LENGTH_BYTES) {
            throw unreadable(
                    file,
                    "says its header has " + Long.toUnsignedString(length) + " bytes, and the file has " + size,
                    null);
        }
        return length;
    }

    private static byte[] readHeader(FileChannel channel, int length) throws IOException {
        return read(channel, LENGTH_BYTES, length).array();
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw new EOFException("it ends too early");
            }
        }
        return bytes;
    }

    private static Map<String, Entry> parse(Path file, byte[] header) {
        JsonNode root;
        try {
            root = JSON.readValue(header);
        } catch (IOException e) {
            throw unreadable(file, "has a header that is no JSON", e);
        }
        if (root == null || !root.isObject()) {
            throw unreadable(file, "has a header that is no JSON object", null);
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        root.properties().stream()
                .filter(property -> !property.getKey().equals("__metadata__"))
                .forEach(property ->
                        entries.put(property.getKey(), entry(file, property.getKey(), property.getValue())));
        return entries;
    }

    private static Entry entry(Path file, String name, JsonNode node) {
        String dtype = node.path("dtype").asText();
        ElementType type = ElementType.named(dtype)
                .orElseThrow(() -> unreadable(file, "has tensor " + name + " of unknown dtype '" + dtype + "'", null));
        List<Long> offsets = integers(file, name, node.path("data_offsets"));
        List<Long> shape = integers(file, name, node.path("shape"));
        if (offsets.size() != 2) {
            throw unreadable(file, "has tensor " + name + " with data_offsets " + offsets, null);
        }
        long bytes = type.width();
        try {
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
        } catch (ArithmeticException e) {
            throw unreadable(file, "has tensor " + name + " of shape " + shape, e);
        }
        // Both are at least 0, so the difference cannot overflow.
        if (offsets.get(1) - offsets.get(0) != bytes) {
            throw unreadable(
                    file,
                    "has tensor " + name + " of shape " + shape + " and dtype " + dtype + " at " + offsets
                            + ", where it takes " + bytes + " bytes",
                    null);
        }
        return new Entry(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private static List<Long> integers(Path file, String name, JsonNode array) {
        List<Long> integers = new ArrayList<>();
        for (JsonNode value : array) {
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
                throw unreadable(file, "has tensor " + name + " with a shape or an offset of " + value, null);
            }
            integers.add(value.asLong());
        }
        if (!array.isArray()) {
            throw unreadable(file, "has tensor " + name + " without a shape or offsets", null);
        }
        return integers;
    }

    /** The format lets tensors neither overlap nor leave holes. */
    private static void checkCoverage(Path file, Map<String, Entry> entries, long dataBytes) {
        long covered = 0;
        for (Entry entry : entries.values().stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList()) {
            if (entry.begin() != covered) {
                throw unreadable(
                        file,
                        "has tensor " + entry.name() + " at " + entry.begin() + ", where the one before ends at "
                                + covered,
                        null);
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw unreadable(file, "has " + dataBytes + " bytes of values, and tensors for " + covered, null);
        }
    }

    public Set<String> names() {
        return entries.keySet();
    }

    /** The dimensions of a tensor; empty if there is none of this name. */
    public Optional<List<Long>> shape(String name) {
        return Optional.ofNullable(entries.get(name)).map(Entry::shape);
    }

    /** Whether a tensor lies here as {@link #floats} maps it. */
    public boolean isFloat32(String name) {
        Entry entry = entries.get(name);
        return entry != null && entry.type() == ElementType.F32;
    }

    /**
     * Checks that a tensor is there, of this shape and of a type that {@link #read} takes.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE}, or with {@link ErrorCode#MODEL_UNSUPPORTED} for
     *     another type
     */
    public void require(String name, int... shape) {
        entry(name, shape);
    }

    private Entry entry(String name, int... shape) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw unreadable(file, "has no tensor " + name, null);
        }
        if (!entry.shape().equals(Arrays.stream(shape).asLongStream().boxed().toList())) {
            throw unreadable(
                    file,
                    "has tensor " + name + " of shape " + entry.shape() + ", where the configuration says "
                            + Arrays.toString(shape),
                    null);
        }
        if (!entry.type().isReadable()) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    file + " has tensor " + name + " as " + entry.type(),
                    "save it in one of F32, F16 and BF16");
        }
        return entry;
    }

    /**
     * A float32 tensor of a known shape, mapped: reading it costs no heap.
     *
     * @throws RondoException as {@link #require}, and with {@link ErrorCode#MODEL_UNSUPPORTED} when it is no float32
     */
    public FloatBuffer floats(String name, int... shape) {
        Entry entry = entry(name, shape);
        if (entry.type() != ElementType.F32) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    file + " has tensor " + name + " as " + entry.type(),
                    "convert the model to float32");
        }
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, dataStart + entry.begin(), entry.end() - entry.begin())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(file, "cannot be mapped for tensor " + name, e);
        }
    }

    /** All values of a tensor, on the heap. Throws as {@link #require}. */
    public float[] array(String name, int... shape) {
        Entry entry = entry(name, shape);
        float[] values = new float
                [Math.toIntExact((entry.end() - entry.begin()) / entry.type().width())];
        read(name, 0, values, values.length);
        return values;
    }

    /**
     * Some of a tensor's values, converted to float32.
     *
     * @param from the first of them, in row-major order
     * @throws IllegalArgumentException when the tensor has fewer, or is of no type that can be read
     */
    public void read(String name, long from, float[] out, int count) {
        Entry entry = entries.get(name);
        if (entry == null || !entry.type().isReadable()) {
            throw new IllegalArgumentException(file + " has no floats named " + name);
        }
        long begin = entry.begin() + from * entry.type().width();
        if (from < 0 || begin + (long) count * entry.type().width() > entry.end()) {
            throw new IllegalArgumentException("elements " + from + " and " + count + " more of " + entry);
        }
        try {
            entry.type()
                    .decode(
                            read(
                                    channel,
                                    dataStart + begin,
                                    count * entry.type().width()),
                            out,
                            count);
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Closes the file; what is mapped stays readable. */
    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("a file that was only read does not close", e);
        }
    }

    private static RondoException unreadable(Path file, String what, Throwable cause) {
        return new RondoException(
                ErrorCode.MODEL_UNREADABLE,
                file + " " + what,
                "delete the model's directory if it is in a cache, or get the file again",
                cause);
    }
}
