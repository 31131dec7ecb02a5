package io.rondo.e2e;

import io.rondo.schemas.topic.Topic;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * A batch of zeros that is small as it is sent and expands to any size. It is put together and sent without a producer, which
 * would have to hold it expanded.
 */
final class Bomb {
    /** How a broker answers; with the last where it has no memory to expand it. */
    static final List<Errors> REFUSED =
            List.of(Errors.RECORD_LIST_TOO_LARGE, Errors.MESSAGE_TOO_LARGE, Errors.UNKNOWN_SERVER_ERROR);

    private static final int MEBIBYTE = 1 << 20;
    private static final int BATCH_HEADER = 61;
    /** Where the part that the checksum covers begins. */
    private static final int CHECKED_FROM = 21;

    private static final short ZSTD = 4;
    private static final short PRODUCE = 0;
    /** The last one without tagged fields. */
    private static final short PRODUCE_VERSION = 8;

    private final ByteBuffer batch;

    private Bomb(ByteBuffer batch) {
        this.batch = batch;
    }

    static Bomb oneRecord(int mebibytes) {
        return of(1, mebibytes);
    }

    /** As many records, each as large as a broker takes one. */
    static Bomb records(int mebibytes) {
        return of(mebibytes, 1);
    }

    private static Bomb of(int records, int mebibytesOfEach) {
        ByteBufferOutputStream compressed = new ByteBufferOutputStream(MEBIBYTE);
        try (OutputStream out = Compression.zstd().build().wrapForOutput(compressed, RecordBatch.MAGIC_VALUE_V2)) {
            byte[] zeros = new byte[MEBIBYTE];
            for (int record = 0; record < records; record++) {
                ByteBuffer before = ByteBuffer.allocate(32);
                before.put((byte) 0); // attributes
                varint(before, 0); // timestamp
                varint(before, record); // offset
                varint(before, -1); // no key
                varint(before, mebibytesOfEach * MEBIBYTE);
                ByteBuffer length = ByteBuffer.allocate(8);
                varint(length, before.position() + mebibytesOfEach * MEBIBYTE + 1);
                out.write(length.array(), 0, length.position());
                out.write(before.array(), 0, before.position());
                for (int i = 0; i < mebibytesOfEach; i++) {
                    out.write(zeros);
                }
                out.write(0); // no headers
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuffer body = compressed.buffer().flip();
        long now = System.currentTimeMillis();
        ByteBuffer batch = ByteBuffer.allocate(BATCH_HEADER + body.remaining());
        batch.putLong(0)
                .putInt(batch.capacity() - 12)
                .putInt(-1)
                .put(RecordBatch.MAGIC_VALUE_V2)
                .putInt(0);
        batch.putShort(ZSTD).putInt(records - 1).putLong(now).putLong(now);
        batch.putLong(-1).putShort((short) -1).putInt(-1).putInt(records).put(body);
        CRC32C checksum = new CRC32C();
        checksum.update(batch.array(), CHECKED_FROM, batch.capacity() - CHECKED_FROM);
        batch.putInt(CHECKED_FROM - 4, (int) checksum.getValue()).flip();
        return new Bomb(batch);
    }

    int bytesAsSent() {
        return batch.limit();
    }

    /** @return how the broker answers */
    Errors send(String bootstrapServers, Topic topic) {
        String first = bootstrapServers.split(",", -1)[0];
        int colon = first.lastIndexOf(':');
        byte[] name = topic.name().getBytes(StandardCharsets.UTF_8);
        ByteBuffer request = ByteBuffer.allocate(64 + name.length + batch.limit());
        request.putInt(0).putShort(PRODUCE).putShort(PRODUCE_VERSION).putInt(1).putShort((short) -1);
        request.putShort((short) -1).putShort((short) 1).putInt(60_000);
        request.putInt(1).putShort((short) name.length).put(name).putInt(1).putInt(0);
        request.putInt(batch.limit()).put(batch.duplicate());
        request.putInt(0, request.position() - Integer.BYTES);
        try (Socket socket = new Socket(first.substring(0, colon), Integer.parseInt(first.substring(colon + 1)))) {
            socket.getOutputStream().write(request.array(), 0, request.position());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            ByteBuffer answer = ByteBuffer.wrap(in.readNBytes(in.readInt()));
            return Errors.forCode(answer.getShort(
                    Integer.BYTES + Integer.BYTES + Short.BYTES + name.length + Integer.BYTES + Integer.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kafka's: zigzag, seven bits a byte, the lowest first. */
    private static void varint(ByteBuffer to, int number) {
        int left = (number << 1) ^ (number >> 31);
        while ((left & ~0x7F) != 0) {
            to.put((byte) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        to.put((byte) left);
    }
}
