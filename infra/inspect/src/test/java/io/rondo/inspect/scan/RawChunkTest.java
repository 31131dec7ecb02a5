package io.rondo.inspect.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.DType;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.tensor.Digests;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;

class RawChunkTest {
    @Test
    void shouldFindValuesAndDigestInARecord() throws Exception {
        byte[] values = new byte[300 * Float.BYTES];
        Arrays.fill(values, (byte) 7);
        byte[] digest = Digests.of(values).bytes();
        TensorChunk chunk = new TensorChunk(
                "trainer-é",
                "attempt",
                100_000,
                70,
                5_000_000_000L,
                300,
                DType.F32,
                ByteBuffer.wrap(values),
                Digests.of(values));
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(new byte[] {0, 0, 0, 0, 9});
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(record, null);
        new SpecificDatumWriter<>(TensorChunk.class).write(chunk, encoder);
        encoder.flush();

        RawChunk raw = new RawChunk(record.toByteArray());

        assertThat(raw.ordinal()).isEqualTo(70);
        assertThat(Arrays.copyOfRange(raw.record(), raw.from(), raw.from() + raw.length()))
                .isEqualTo(values);
        assertThat(Arrays.copyOfRange(raw.record(), raw.digestFrom(), raw.record().length))
                .isEqualTo(digest);
    }
}
