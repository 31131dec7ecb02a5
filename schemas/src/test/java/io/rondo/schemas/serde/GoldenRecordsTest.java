package io.rondo.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.DType;
import io.rondo.log.OffsetRange;
import io.rondo.log.PauseRequested;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** The bytes of fixed records. If one changes, the change breaks every log and every trainer out there. */
class GoldenRecordsTest {
    private static final Map<String, SpecificRecord> RECORDS = Map.of(
            "pause-requested",
                    new PauseRequested("0b0e7ab5-6a5c-4ac3-8ee4-000000000001", "lunch", 1_700_000_000_000L, null),
            "tensor-chunk",
                    new TensorChunk(
                            "site-1",
                            "attempt-1",
                            7,
                            3,
                            65_536L,
                            1,
                            DType.BF16,
                            ByteBuffer.wrap(new byte[] {(byte) 0x80, 0x3f}),
                            filled(1)),
            "update-manifest",
                    new UpdateManifest(
                            "0b0e7ab5-6a5c-4ac3-8ee4-000000000001",
                            7,
                            6,
                            "site-1",
                            "incarnation-1",
                            "attempt-1",
                            300L,
                            DType.F32,
                            36_864L,
                            List.of(new OffsetRange(0, 10L, 12L)),
                            List.of(filled(2)),
                            filled(3),
                            Map.of("loss", 0.5),
                            null));

    private final RecordCodec codec = new InMemorySchemas().codec();

    @Test
    void shouldWriteTheSameBytesForever() throws IOException {
        Properties golden = new Properties();
        try (InputStream in = GoldenRecordsTest.class.getResourceAsStream("/golden/records.properties")) {
            golden.load(in);
        }

        RECORDS.forEach((name, record) -> {
            byte[] value = codec.encode("topic", record);
            assertThat(HexFormat.of().formatHex(value, 5, value.length))
                    .as(name)
                    .isEqualTo(golden.getProperty(name));
        });
        assertThat(golden.stringPropertyNames()).isEqualTo(RECORDS.keySet());
    }

    private static Sha256 filled(int value) {
        byte[] bytes = new byte[32];
        java.util.Arrays.fill(bytes, (byte) value);
        return new Sha256(bytes);
    }
}
