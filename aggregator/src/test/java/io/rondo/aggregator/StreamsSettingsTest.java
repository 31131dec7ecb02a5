package io.rondo.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsSettingsTest {
    private static final long PRODUCER = 64L << 20;

    private static final JobTopics TOPICS = new JobTopics("j", 3, 1);

    @Test
    void shouldLetTheOperatorTuneWhatIsOnlyADefault() {
        Properties properties = of(Map.of(
                "session.timeout.ms", "45000",
                "producer.batch.size", "16384",
                "consumer.max.poll.records", "50",
                "poll.ms", "20"));

        assertThat(properties)
                .containsEntry("session.timeout.ms", "45000")
                .doesNotContainKey("main.consumer.session.timeout.ms")
                .containsEntry("producer.batch.size", "16384")
                .containsEntry("consumer.max.poll.records", "50")
                .doesNotContainKey("main.consumer.max.poll.records")
                .containsEntry("poll.ms", "20")
                .containsEntry("producer.linger.ms", 5);
    }

    @Test
    void shouldHaveDefaultsAndWhatIsFixed() {
        assertThat(of(Map.of()))
                .containsEntry("main.consumer.session.timeout.ms", 10_000)
                .containsEntry("main.consumer.group.instance.id", "one")
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("application.id", "rondo.j.aggregator");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application.id",
                "processing.guarantee",
                "group.instance.id",
                "main.consumer.group.instance.id",
                "consumer.isolation.level",
                "producer.acks",
                "transactional.id"
            })
    void shouldRefuseByNameWhatMustNotChange(String key) {
        assertThatThrownBy(() -> of(Map.of(key, "x")))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.explanation()).contains(key));
    }

    @Test
    void shouldAcceptWhatIsFixedWhereItEqualsOurs() {
        Properties properties = of(Map.of(
                "acks", "all",
                "consumer.isolation.level", "read_committed",
                "processing.guarantee", "exactly_once_v2",
                "application.id", "rondo.j.aggregator",
                "group.id", "rondo.j.aggregator",
                "group.instance.id", "one",
                "auto.offset.reset", "earliest"));

        assertThat(properties)
                .containsEntry("application.id", "rondo.j.aggregator")
                .containsEntry("main.consumer.group.instance.id", "one")
                .doesNotContainKey("group.id")
                .doesNotContainKey("group.instance.id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"poll.ms=soon", "commit.interval.ms=-5", "num.standby.replicas=x"})
    void shouldNameAPropertyOfStreamsThatCannotBeRead(String line) {
        String[] property = line.split("=", -1);
        assertThatThrownBy(() -> of(Map.of(property[0], property[1])))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(line));
    }

    @Test
    void shouldFitTheTopicsAndLongRequests() {
        assertThat(StreamsSettings.of(
                        settings(Map.of("request.timeout.ms", "90000")), TOPICS, OptionalInt.of(262_144), PRODUCER))
                .containsEntry("producer.batch.size", 262_144)
                .containsEntry("admin.default.api.timeout.ms", 90_000);
    }

    private static AggregatorSettings settings(Map<String, String> kafkaConfig) {
        return new AggregatorSettings(
                new LogConnection("broker:9092", "http://registry:8081", kafkaConfig), "j", "one", Path.of("s"));
    }

    private static Properties of(Map<String, String> kafkaConfig) {
        return StreamsSettings.of(settings(kafkaConfig), TOPICS, OptionalInt.empty(), PRODUCER);
    }
}
