package io.rondo.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rondo.cli.output.Console;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleModelTest {
    private static final List<String> ROWS = List.of(
            "adapterMb,trainers,partitions,aggregators,aggregatorCpuMs,more",
            "0.004,10,4,1,60,x",
            "0.004,100,4,1,90,x",
            "0.004,1000,4,1,350,x",
            "1.5,16,4,1,150,x",
            "1.5,16,8,1,999,x",
            "8.4,16,4,1,500,x");

    @TempDir
    private Path directory;

    @Test
    void shouldDriveRoundsToTheirPublication() {
        RoundCosts few = DrivenRounds.measure(2, 0.004, 3, 2);
        RoundCosts many = DrivenRounds.measure(42, 0.004, 3, 2);

        double member = (many.bytesOf(RoundClosed.class) - few.bytesOf(RoundClosed.class)) / 40;
        assertThat(member).as("bytes of a member").isBetween(80.0, 190.0);
        assertThat(many.bytesOf(RoundPublished.class)).isGreaterThan(42 * 80);
        assertThat(many.coordinatorSeconds()).isPositive();
        assertThat(many.foldSeconds()).isPositive();
    }

    @Test
    void shouldReproduceTheRowsThatItIsFittedTo() {
        OwnCosts own = OwnCosts.measure(1.5, 2);
        MeasuredRow few = new MeasuredRow(10, 0.004, 10);
        MeasuredRow many = new MeasuredRow(1_000, 0.004, 1_000);
        MeasuredRow large = new MeasuredRow(16, 1.5, 500);

        KafkaCosts kafka = KafkaCosts.fit(own, few, many, large);

        for (MeasuredRow row : List.of(few, many, large)) {
            assertThat(kafka.seconds(own, row.trainers(), row.megabytes()))
                    .isCloseTo(row.aggregatorSeconds(), within(0.1 * row.aggregatorSeconds()));
        }
    }

    @Test
    void shouldSayWhatBreaksFirst() throws Exception {
        Path file = Files.write(directory.resolve("rounds.csv"), ROWS);
        StringWriter out = new StringWriter();
        Console console = new Console(new PrintWriter(out), new PrintWriter(new StringWriter()), Console.Form.JSON);

        ScaleModel.run(20_000, 0.01, 100, 60, 16, 4, 3, 500, file, console);

        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.get("compared")).hasSize(5);
        assertThat(result.get("compared").findValuesAsText("fitted"))
                .containsExactly("true", "false", "true", "true", "false");
        JsonNode first = result.get("limits").get(0);
        assertThat(first.get("what").asText()).contains("names that a trainer reads");
        assertThat(first.get("asked").asDouble())
                .isGreaterThan(100 * first.get("allowed").asDouble());
        assertThat(result.get("regional").get("jobs").asLong()).isEqualTo(41);
        assertThat(result.get("regional").get("outMBps").asDouble())
                .isLessThan(result.get("oneJob").get("outMBps").asDouble() / 10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trainers,adapterMb|its columns are",
                "trainers,adapterMb,partitions,aggregators,aggregatorCpuMs;ten,0.004,4,1,60|line 2: 'ten",
                "trainers,adapterMb,partitions,aggregators,aggregatorCpuMs;10,0.004|line 2: '10,0.004'",
                "trainers,adapterMb,partitions,aggregators,aggregatorCpuMs;10,0.004,4,1,60|no row of 1000 trainers",
            })
    void shouldRefuseAFileThatLacksWhatItNeeds(String text, String problem) throws IOException {
        Path file = Files.write(directory.resolve("rounds.csv"), List.of(text.split(";")));

        assertThatThrownBy(() -> run(file)).isInstanceOf(RondoException.class).hasMessageContaining(problem);
    }

    @Test
    void shouldRefuseAFileThatIsNotThere() {
        assertThatThrownBy(() -> run(directory.resolve("none.csv")))
                .isInstanceOf(RondoException.class)
                .hasMessageContaining("none.csv");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0.1,1,60,1,4,3,100,--trainers",
        "1,0,1,60,1,4,3,100,--adapter-mb",
        "1,0.1,0,60,1,4,3,100,--rounds",
        "1,0.1,1,0,1,4,3,100,--interval",
        "1,0.1,1,60,0,4,3,100,--retained",
        "1,0.1,1,60,1,0,3,100,--partitions",
        "1,0.1,1,60,1,4,0,100,--replication",
        "1,0.1,1,60,1,4,3,1,--region"
    })
    void shouldRefuseWhatNoFederationCanBe(
            long trainers,
            double megabytes,
            long rounds,
            double seconds,
            int retained,
            int partitions,
            int replication,
            int region,
            String option) {
        assertThatThrownBy(() ->
                        new Scenario(trainers, megabytes, rounds, seconds, retained, partitions, replication, region))
                .isInstanceOf(RondoException.class)
                .hasMessageContaining(option);
    }

    private static void run(Path file) {
        Console console = new Console(
                new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), Console.Form.TEXT);
        ScaleModel.run(1_000, 0.01, 100, 60, 16, 4, 3, 500, file, console);
    }
}
