package io.rondo.aggregator.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerCheckTest {
    private static final TopicPartition SOURCE = new TopicPartition("rondo.test.manifests", 0);

    @TempDir
    private Path directory;

    private Path file;
    private byte[] bytes;

    @BeforeEach
    void write() throws IOException {
        try (PartitionWriter writer = new PartitionWriter(directory, "sound.avro", SOURCE, Map.of())) {
            for (int i = 0; i < 5; i++) {
                writer.write(new ConsumerRecord<>(SOURCE.topic(), 0, i, new byte[] {1}, new byte[] {2, 3}));
            }
            writer.finish();
        }
        bytes = Files.readAllBytes(directory.resolve("sound.avro"));
        file = directory.resolve("hostile.avro");
    }

    @Test
    void shouldCountTheRecords() throws IOException {
        assertThat(ContainerCheck.records(directory.resolve("sound.avro"))).isEqualTo(5);
    }

    @Test
    void shouldRefuseAFileThatIsCutOffAnywhere() throws IOException {
        for (int length = 0; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            long found = -1;
            try {
                found = ContainerCheck.records(file);
            } catch (IOException e) {
                assertThat(e.getMessage()).as("cut at " + length).isNotNull();
            }
            // cut off right behind the header it is a sound file of no records, which its index denies
            assertThat(found).as("cut at " + length).isLessThan(1);
        }
    }

    @Test
    void shouldAllocateNothingThatIsOnlyClaimed() throws IOException {
        byte[] header = header("null");
        for (long claimed : new long[] {Integer.MAX_VALUE, Long.MAX_VALUE, -1, ContainerCheck.LARGEST_BLOCK + 1L}) {
            Files.write(file, concat(header, number(1), number(claimed), new byte[40]));
            assertThatThrownBy(() -> ContainerCheck.records(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("block 0");
        }
    }

    @Test
    void shouldRefuseCompressedBlocks() throws IOException {
        Files.write(file, header("deflate"));

        assertThatThrownBy(() -> ContainerCheck.records(file)).hasMessageContaining("compressed");
    }

    /** What passes the check must not do worse than fail by code when it is read. */
    @Test
    void shouldReadChangedFilesOrRefuseThem() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] changed = bytes.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, changed);
            try {
                ContainerCheck.records(file);
                read();
            } catch (IOException e) {
                refused++;
            } catch (RondoException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.ARCHIVE_CORRUPT);
                refused++;
            }
        }
        assertThat(refused).isBetween(1, 499);
    }

    private void read() {
        try (PartitionFile reader = new PartitionFile(file, SOURCE)) {
            Optional<ConsumerRecord<byte[], byte[]>> record = reader.next();
            while (record.isPresent()) {
                record = reader.next();
            }
        }
    }

    private static byte[] header(String codec) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {'O', 'b', 'j', 1});
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        encoder.writeMapStart();
        encoder.setItemCount(1);
        encoder.startItem();
        encoder.writeString("avro.codec");
        encoder.writeBytes(codec.getBytes(StandardCharsets.UTF_8));
        encoder.writeMapEnd();
        encoder.writeFixed(new byte[16]);
        encoder.flush();
        return out.toByteArray();
    }

    private static byte[] number(long value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        encoder.writeLong(value);
        encoder.flush();
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
