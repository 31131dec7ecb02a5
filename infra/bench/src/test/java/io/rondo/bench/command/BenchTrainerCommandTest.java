package io.rondo.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.output.Json;
import io.rondo.trainer.api.bench.ProductKernels;
import io.rondo.trainer.api.bench.StepBenchSettings;
import io.rondo.trainer.api.bench.StepMeasurement;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the benchmark prints with {@code --json} stays as it was: programs read it. */
class BenchTrainerCommandTest {
    @Test
    void shouldPrintItsNamesInTheirOrderAndNullForARateThatIsNotKnown() throws Exception {
        StepBenchSettings settings = new StepBenchSettings(6, 384, 32, 64, 0, 2, 1, 15, Path.of("models"));
        StepMeasurement measured = new StepMeasurement(
                250.12345,
                200,
                80,
                Double.NaN,
                new ProductKernels("onednn", "3.9", "avx2", 2, 80, Double.NaN),
                127.9,
                Double.NaN,
                312,
                1.25e-4,
                "vector");

        String json = Json.MAPPER.writeValueAsString(BenchTrainerCommand.json(settings, measured));

        assertThat(json)
                .isEqualTo("{\"layers\":6,\"hidden\":384,\"batch\":32,\"length\":64,\"threads\":2,"
                        + "\"stepMs\":250.123,\"floorMs\":200.0,\"ratio\":1.251,\"gflops\":80.0,"
                        + "\"peakGflops\":null,\"productsOfPeak\":null,\"stepOfPeak\":null,"
                        + "\"products\":{\"library\":\"onednn\",\"version\":\"3.9\",\"kernels\":\"avx2\","
                        + "\"threads\":2,\"gflops\":80.0,\"peakGflops\":null,\"slow\":false},"
                        + "\"samplesPerSecond\":127.9,\"trainers\":1,\"togetherSamplesPerSecond\":null,"
                        + "\"peakMb\":312.0,\"gradRelError\":1.25E-4,\"kernels\":\"vector\",\"java\":\""
                        + System.getProperty("java.version") + "\"}");
    }
}
