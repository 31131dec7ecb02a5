package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The design that Rondo does not have: rounds as event-time windows of the Streams DSL. Shows why
 * (docs/decisions/0001).
 */
class WindowedRoundsTest {
    private static final Duration ROUND = Duration.ofSeconds(10);

    private final TopologyTestDriver driver = new TopologyTestDriver(windowedRounds(), properties(), Instant.EPOCH);
    private final TestInputTopic<String, String> updates =
            driver.createInputTopic("updates", new StringSerializer(), new StringSerializer());
    private final TestOutputTopic<String, String> adapters =
            driver.createOutputTopic("adapters", new StringDeserializer(), new StringDeserializer());

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void shouldNeverCloseTheLastWindowHoweverMuchTimePasses() {
        updates.pipeInput("chunk-0", "a", Instant.ofEpochSecond(1));
        updates.pipeInput("chunk-0", "b", Instant.ofEpochSecond(2));

        driver.advanceWallClockTime(Duration.ofDays(365));

        assertThat(adapters.isEmpty()).isTrue();
    }

    @Test
    void shouldCloseAWindowOnlyWhenSomeoneSendsForALaterOne() {
        updates.pipeInput("chunk-0", "a", Instant.ofEpochSecond(1));
        updates.pipeInput("chunk-0", "b", Instant.ofEpochSecond(2));

        updates.pipeInput("chunk-0", "c", Instant.ofEpochSecond(11));

        assertThat(adapters.readValuesToList()).containsExactly("ab");
    }

    @Test
    void shouldLetOneWrongClockCloseARoundForEverybody() {
        updates.pipeInput("chunk-0", "a", Instant.ofEpochSecond(1));
        updates.pipeInput("chunk-0", "clock of c is a minute ahead", Instant.ofEpochSecond(61));
        updates.pipeInput("chunk-0", "b", Instant.ofEpochSecond(2));

        assertThat(adapters.readValuesToList()).as("the update of b is gone").containsExactly("a");
    }

    private static Topology windowedRounds() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("updates", Consumed.with(Serdes.String(), Serdes.String()))
                .groupByKey(Grouped.with("grouped", Serdes.String(), Serdes.String()))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(ROUND))
                .aggregate(
                        () -> "",
                        (key, value, sum) -> sum + value,
                        Named.as("sum"),
                        Materialized
                                .<String, String,
                                        org.apache.kafka.streams.state.WindowStore<
                                                org.apache.kafka.common.utils.Bytes, byte[]>>
                                        as("sums")
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Serdes.String()))
                .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded())
                        .withName("until-closed"))
                .toStream()
                .map((window, sum) -> new org.apache.kafka.streams.KeyValue<>(window.key(), sum))
                .to("adapters", Produced.with(Serdes.String(), Serdes.String()));
        return builder.build();
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG, "windowed-rounds",
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1"));
        return properties;
    }
}
