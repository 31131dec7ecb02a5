package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rondo.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The benchmark of verification as its user runs it, small. */
class BenchVerifyIT {
    @Test
    void shouldVerifyTheLogThatItWroteAndReadItPlainly() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int status = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                "bench",
                "verify",
                "--rounds",
                "3",
                "--trainers",
                "2",
                "--adapter-mb",
                "0.05",
                "--chunk-kb",
                "8",
                "--json");

        assertThat(status).as(err.toString()).isZero();
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.path("rounds").asInt()).isEqualTo(3);
        assertThat(result.path("seconds").asDouble()).isPositive();
        double rate = result.path("MBps").asDouble();
        double raw = result.path("rawMBps").asDouble();
        // the rates are rounded to a tenth, the ratio to a hundredth
        assertThat(result.path("ratio").asDouble())
                .isPositive()
                .isBetween((rate - 0.05) / (raw + 0.05) - 0.005, (rate + 0.05) / (raw - 0.05) + 0.005);
    }
}
