package io.rondo.aggregator.archive;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Checks the frames of an object container file without allocating the sizes that they claim: the actual reader would trust
 * a claimed size of two gigabytes.
 */
final class ContainerCheck {
    /** Far above a broker's default record limit, far below a machine's memory. */
    static final int LARGEST_BLOCK = 64 << 20;

    private static final int LARGEST_HEADER = 4 << 20;
    private static final byte[] MAGIC = {'O', 'b', 'j', 1};
    private static final int SYNC = 16;

    private final long size;
    private final BinaryDecoder in;
    private final byte[] sync = new byte[SYNC];

    private ContainerCheck(long size, InputStream file) {
        this.size = size;
        this.in = DecoderFactory.get().binaryDecoder(file, null);
    }

    /**
     * Reads the frames of a file up to its end.
     *
     * @return the number of records in it
     * @throws IOException when it is not such a file, or is truncated; the message says where
     */
    static long records(Path file) throws IOException {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
            return new ContainerCheck(Files.size(file), bytes).walk();
        } catch (EOFException e) {
            throw new IOException("it ends within its header", e);
        }
    }

    private long walk() throws IOException {
        byte[] magic = new byte[MAGIC.length];
        in.readFixed(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new IOException("it is no Avro object container file");
        }
        for (long count = in.readMapStart(); count > 0; count = in.mapNext()) {
            for (long i = 0; i < count; i++) {
                String key = new String(bounded(LARGEST_HEADER, "a name in the header"), StandardCharsets.UTF_8);
                byte[] value = bounded(LARGEST_HEADER, "the header's " + key);
                if (key.equals("avro.codec") && !Arrays.equals(value, "null".getBytes(StandardCharsets.UTF_8))) {
                    throw new IOException("its blocks are compressed, which those of an archive are not");
                }
            }
        }
        in.readFixed(sync);
        long records = 0;
        for (long block = 0; !in.isEnd(); block++) {
            records = Math.addExact(records, block(block));
        }
        return records;
    }

    private long block(long number) throws IOException {
        byte[] end = new byte[SYNC];
        long count;
        try {
            count = in.readLong();
            long bytes = in.readLong();
            if (count < 0 || bytes < 0 || bytes > Math.min(size, LARGEST_BLOCK)) {
                throw new IOException(count + " records in " + bytes + " bytes");
            }
            in.skipFixed((int) bytes);
            in.readFixed(end);
        } catch (EOFException e) {
            throw new IOException("block " + number + " is truncated", e);
        } catch (IOException e) {
            throw new IOException("block " + number + " is damaged: " + e.getMessage(), e);
        }
        if (!Arrays.equals(end, sync)) {
            throw new IOException("block " + number + " does not end with the file's mark");
        }
        return count;
    }

    private byte[] bounded(int most, String what) throws IOException {
        long length = in.readLong();
        if (length < 0 || length > Math.min(size, most)) {
            throw new IOException(what + " takes " + length + " bytes");
        }
        byte[] bytes = new byte[(int) length];
        in.readFixed(bytes);
        return bytes;
    }
}
