package io.rondo.inspect.scan;

/**
 * Where the parts of a tensor chunk lie in a record's value: five bytes of wire format, then Avro's trainer, attempt, round,
 * ordinal, position, count and dtype, then the values and their digest. Trusts the record.
 */
public final class RawChunk {
    private static final int HEADER = 5;

    private final byte[] record;
    private final int ordinal;
    private final int length;
    private final int from;
    private int at = HEADER;

    public RawChunk(byte[] record) {
        this.record = record;
        skipString();
        skipString();
        number();
        ordinal = (int) number();
        number();
        number();
        number();
        length = (int) number();
        from = at;
    }

    public byte[] record() {
        return record;
    }

    public int ordinal() {
        return ordinal;
    }

    /** Index of the first byte of the values. */
    public int from() {
        return from;
    }

    /** Bytes of the values. */
    public int length() {
        return length;
    }

    public int digestFrom() {
        return from + length;
    }

    private void skipString() {
        int bytes = (int) number();
        at += bytes;
    }

    private long number() {
        long bits = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = record[at++];
            bits |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return (bits >>> 1) ^ -(bits & 1);
            }
        }
    }
}
