package io.rondo.schemas.serde;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.AvroTypeException;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;

/**
 * Reads Avro's binary encoding from an untrusted array. Every length and every count is compared with the bytes that are
 * left before anything is allocated, so that no value makes a reader allocate more than a small multiple of its own size.
 * Items of arrays and maps must take at least a byte each: a count of empty ones could not be told from an attack.
 */
public final class BoundedDecoder extends Decoder {
    private final byte[] data;
    private final int end;
    private int at;

    /** @param offset where to begin; the end is that of the array */
    public BoundedDecoder(byte[] data, int offset) {
        this.data = data;
        this.at = offset;
        this.end = data.length;
    }

    /** The number of unread bytes. */
    public int remaining() {
        return end - at;
    }

    @Override
    public void readNull() {}

    @Override
    public boolean readBoolean() throws IOException {
        byte value = data[take(1)];
        if (value != 0 && value != 1) {
            throw new AvroTypeException("a boolean of " + value);
        }
        return value == 1;
    }

    @Override
    public int readInt() throws IOException {
        long value = readLong();
        if (value != (int) value) {
            throw new AvroTypeException("an int of " + value);
        }
        return (int) value;
    }

    @Override
    public long readLong() throws IOException {
        long bits = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = data[take(1)];
            if (shift == 63 && (next & 0xfe) != 0) {
                break;
            }
            bits |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return (bits >>> 1) ^ -(bits & 1);
            }
        }
        throw new AvroTypeException("a number of more than 64 bits");
    }

    @Override
    public float readFloat() throws IOException {
        return Float.intBitsToFloat((int) littleEndian(4));
    }

    @Override
    public double readDouble() throws IOException {
        return Double.longBitsToDouble(littleEndian(8));
    }

    @Override
    public Utf8 readString(Utf8 old) throws IOException {
        return new Utf8(readString());
    }

    @Override
    public String readString() throws IOException {
        int length = length();
        return new String(data, take(length), length, StandardCharsets.UTF_8);
    }

    @Override
    public void skipString() throws IOException {
        take(length());
    }

    @Override
    public ByteBuffer readBytes(ByteBuffer old) throws IOException {
        int length = length();
        // no copy: a tensor's values are nearly all of its record, and neither is modified
        return ByteBuffer.wrap(data, take(length), length).slice();
    }

    @Override
    public void skipBytes() throws IOException {
        take(length());
    }

    @Override
    public void readFixed(byte[] bytes, int start, int length) throws IOException {
        System.arraycopy(data, take(length), bytes, start, length);
    }

    @Override
    public void skipFixed(int length) throws IOException {
        take(length);
    }

    @Override
    public int readEnum() throws IOException {
        return readInt();
    }

    @Override
    public long readArrayStart() throws IOException {
        return blockCount();
    }

    @Override
    public long arrayNext() throws IOException {
        return blockCount();
    }

    @Override
    public long skipArray() throws IOException {
        return skipBlocks();
    }

    @Override
    public long readMapStart() throws IOException {
        return blockCount();
    }

    @Override
    public long mapNext() throws IOException {
        return blockCount();
    }

    @Override
    public long skipMap() throws IOException {
        return skipBlocks();
    }

    @Override
    public int readIndex() throws IOException {
        return readInt();
    }

    /** Takes that many bytes and returns where they start. */
    private int take(int count) throws EOFException {
        if (count < 0 || count > remaining()) {
            throw new EOFException(count + " bytes wanted where " + remaining() + " are left");
        }
        int start = at;
        at += count;
        return start;
    }

    private int length() throws IOException {
        return bounded(readLong(), "length");
    }

    /** Number of items in the next block; a negative one is followed by the block's size in bytes. */
    private int blockCount() throws IOException {
        long count = readLong();
        if (count < 0) {
            bounded(readLong(), "block size");
            // the smallest long has no positive twin and stays negative, which is out of bounds
            count = -count;
        }
        return bounded(count, "item count");
    }

    /** Skips blocks that say their size; returns the count of the first that does not, to be skipped item by item. */
    private int skipBlocks() throws IOException {
        long count = readLong();
        while (count < 0) {
            take(bounded(readLong(), "block size"));
            count = readLong();
        }
        return bounded(count, "item count");
    }

    private int bounded(long value, String what) throws IOException {
        if (value < 0 || value > remaining()) {
            throw new EOFException("a " + what + " of " + value + " where " + remaining() + " bytes are left");
        }
        return (int) value;
    }

    private long littleEndian(int width) throws IOException {
        int start = take(width);
        long bits = 0;
        for (int i = width - 1; i >= 0; i--) {
            bits = (bits << 8) | (data[start + i] & 0xffL);
        }
        return bits;
    }
}
