package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rondo.cli.Main;
import io.rondo.schemas.client.LogConnection;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The benchmark of rounds as its user runs it, small: its processes are real and gone in the end. */
@WithCluster
@Tag("thorough")
class BenchRoundsIT {
    @Test
    void shouldMeasureRoundsAndLeaveNothingBehind() throws Exception {
        Set<ProcessHandle> before = ProcessHandle.current().descendants().collect(Collectors.toSet());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int status = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                "bench",
                "rounds",
                "--trainers",
                "2",
                "--adapter-mb",
                "0.05",
                "--chunk-kb",
                "8",
                "--rounds",
                "2",
                "--json");

        assertThat(status).as(err.toString()).isZero();
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.fieldNames())
                .toIterable()
                .containsExactly(
                        "trainers",
                        "adapterMb",
                        "chunkKb",
                        "rounds",
                        "partitions",
                        "aggregators",
                        "rawMBps",
                        "foldMBps",
                        "ratio",
                        "publishLatencyMs",
                        "publishStepsMs",
                        "transactionMs",
                        "uploadMBps",
                        "aggregatorPeakMb",
                        "aggregatorCpuMs",
                        "roundSeconds",
                        "signed",
                        "secure",
                        "java");
        assertThat(result.path("trainers").asInt()).isEqualTo(2);
        assertThat(result.path("rounds").asInt()).isEqualTo(2);
        assertThat(result.path("rawMBps").asDouble()).isPositive();
        assertThat(result.path("foldMBps").asDouble()).isPositive();
        assertThat(result.path("ratio").asDouble()).isPositive();
        assertThat(result.path("uploadMBps").asDouble()).isPositive();
        assertThat(result.path("roundSeconds").asDouble()).isPositive();
        assertThat(result.path("publishLatencyMs").path("p50").asDouble()).isPositive();
        assertThat(result.path("publishLatencyMs").path("p99").asDouble())
                .isGreaterThanOrEqualTo(
                        result.path("publishLatencyMs").path("p50").asDouble());
        assertThat(ProcessHandle.current().descendants()).isSubsetOf(before);
    }

    @Test
    void shouldMeasureAClusterThatIsThereAndLeaveNoTopicInIt(LogConnection cluster) throws Exception {
        StringWriter err = new StringWriter();

        int status = Main.run(
                new PrintWriter(new StringWriter(), true),
                new PrintWriter(err, true),
                "bench",
                "rounds",
                "--trainers",
                "2",
                "--adapter-mb",
                "0.02",
                "--chunk-kb",
                "8",
                "--rounds",
                "1",
                "--aggregators",
                "2",
                "--bootstrap-servers",
                cluster.bootstrapServers(),
                "--schema-registry",
                cluster.schemaRegistry());

        assertThat(status).as(err.toString()).isZero();
        TopicNames.await(cluster, names -> names.stream().noneMatch(name -> name.startsWith("rondo.bench-")));
    }
}
