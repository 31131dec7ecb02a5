package io.rondo.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.DType;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own: what another test has done in this one would hide the fault. */
class TrustedRecordsTest {
    @TempDir
    private Path directory;

    @Test
    void shouldCopyARecordBeforeTheFirstCodecIsMade() throws Exception {
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Copies.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }

        assertThat(Files.readString(output)).contains("copied F32");
        assertThat(process.exitValue()).isZero();
    }

    /** Copies a record with an enumeration, which Avro looks up by name. */
    static final class Copies {
        private Copies() {}

        public static void main(String[] args) {
            LogConnection connection = new LogConnection("127.0.0.1:9", "http://127.0.0.1:9", Map.of());
            byte[] values = new byte[Float.BYTES];
            TensorChunk chunk = new TensorChunk(
                    "site-1", "attempt", 1, 0, 0L, 1, DType.F32, ByteBuffer.wrap(values), Digests.of(values));
            System.out.println("copied " + TensorChunk.newBuilder(chunk).build().getDtype() + " " + connection);
        }
    }
}
