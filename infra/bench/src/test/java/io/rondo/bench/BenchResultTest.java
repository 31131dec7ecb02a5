package io.rondo.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.cli.output.Json;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What the benchmarks print with {@code --json} stays as it was: programs read it. */
class BenchResultTest {
    private final BenchSettings settings = new BenchSettings(3, 1.5, 64, 2);

    @Test
    void shouldPrintTheNamesOfABenchmarkOfRoundsInTheirOrder() throws Exception {
        assertThat(json(result(OptionalDouble.of(412.6)).json()))
                .isEqualTo("{\"trainers\":3,\"adapterMb\":1.5,\"chunkKb\":64,\"rounds\":2,\"partitions\":4,"
                        + "\"aggregators\":1,\"rawMBps\":900.0,\"foldMBps\":815.3,\"ratio\":0.906,"
                        + "\"publishLatencyMs\":{\"p50\":40.0,\"p99\":50.0},\"publishStepsMs\":{\"folding\":10.0,"
                        + "\"publishing\":20.5,\"reading\":3.0},\"transactionMs\":12.3,\"uploadMBps\":8.3,"
                        + "\"aggregatorPeakMb\":413.0,\"aggregatorCpuMs\":375.0,\"roundSeconds\":1.375,\"signed\":false,\"secure\":false,"
                        + "\"java\":\"" + Runtime.version() + "\"}");
    }

    @Test
    void shouldPrintNullForMemoryThatIsNotKnown() throws Exception {
        assertThat(json(result(OptionalDouble.empty()).json())).contains(",\"aggregatorPeakMb\":null,");
    }

    @Test
    void shouldPrintTheNamesOfABenchmarkOfVerificationInTheirOrder() throws Exception {
        VerificationReport report = new VerificationReport(
                "bench",
                "uuid",
                List.of(new RoundVerification(1, 0, 3, "00", RoundVerification.Outcome.IDENTICAL, "")),
                List.of(),
                List.of(),
                12_345_678,
                0.25);

        assertThat(json(new VerifyBench.Measured(report, 61.27).json(settings)))
                .isEqualTo("{\"trainers\":3,\"adapterMb\":1.5,\"chunkKb\":64,\"partitions\":4,\"rounds\":1,"
                        + "\"MBps\":49.4,\"rawMBps\":61.3,\"ratio\":0.806,\"seconds\":0.25,"
                        + "\"java\":\"" + Runtime.version() + "\"}");
    }

    private BenchResult result(OptionalDouble memory) {
        return new BenchResult(
                settings,
                List.of(new RoundTiming(0.5, 0.04, 1.25, 0, 0.25), new RoundTiming(0.6, 0.05, 1.5, 0, 0.5)),
                new PublishSteps(10, 20.5, 3),
                12.345,
                new ReadRates(900e6, 815.26e6),
                memory);
    }

    private static String json(Object result) throws JsonProcessingException {
        return Json.MAPPER.writeValueAsString(result);
    }
}
